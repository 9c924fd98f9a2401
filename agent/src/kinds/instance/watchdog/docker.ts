import { request } from 'node:http';
import { labels } from '../drivers/docker/container';

const CALL_TIMEOUT_MS = 5_000;

export interface RunningContainer {
  readonly containerId: string;
  readonly instanceId: string;
  /** As it was when the container was made; empty for an old one. */
  readonly onHostLoss: string;
}

/** All that runs of one host's instances. */
export async function running(socketPath: string, hostId: string): Promise<RunningContainer[]> {
  const filters = { label: [`${labels.hostId}=${hostId}`], status: ['running', 'paused'] };
  const query = new URLSearchParams({ filters: JSON.stringify(filters) }).toString();
  const found = JSON.parse(await ask(socketPath, 'GET', `/containers/json?${query}`)) as Array<{
    Id: string;
    Labels: Record<string, string>;
  }>;
  return found.map(({ Id, Labels }) => ({
    containerId: Id,
    instanceId: Labels[labels.instanceId] ?? '',
    onHostLoss: Labels[labels.onHostLoss] ?? '',
  }));
}

/** Ends it at once. One that has ended meanwhile is no error. */
export async function kill(socketPath: string, containerId: string): Promise<void> {
  await ask(socketPath, 'POST', `/containers/${containerId}/kill?signal=KILL`, [404, 409]);
}

/** By node:http alone: the watchdog must stay small, and be there when nothing else is. */
function ask(socketPath: string, method: string, path: string, fine: number[] = []): Promise<string> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const call = request({ socketPath, method, path, signal, headers: { host: 'docker' } }, (answer) => {
      const { statusCode = 0 } = answer;
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (text += part));
      answer.once('error', reject);
      answer.once('end', () => {
        if (statusCode < 300 || fine.includes(statusCode)) resolve(text);
        else reject(new Error(`Docker answered ${statusCode}: ${text.slice(0, 500)}`));
      });
    });
    call.once('error', reject);
    call.end();
  });
}
