import { http } from './probe';

const VERSION = '/v1.41';

/** @throws Error when no Docker daemon answers on the socket. */
export async function ping(socketPath: string, signal: AbortSignal): Promise<void> {
  const { status } = await http({ socketPath, path: '/_ping' }, signal);
  if (status !== 200) throw new Error(`/_ping answered ${status}`);
}

export async function answers(socketPath: string): Promise<boolean> {
  try {
    await ping(socketPath, AbortSignal.timeout(3_000));
    return true;
  } catch {
    // Whatever the reason, this socket serves nobody.
    return false;
  }
}

/** Kills and removes every container of a daemon, with its anonymous volumes. */
export async function removeAllContainers(socketPath: string): Promise<void> {
  const list = await http(
    { socketPath, path: `${VERSION}/containers/json?all=1` },
    AbortSignal.timeout(30_000),
  );
  if (list.status !== 200) throw new Error(`listing containers answered ${list.status}: ${list.body}`);
  const containers = JSON.parse(list.body) as { Id: string }[];
  for (const { Id } of containers) {
    const path = `${VERSION}/containers/${Id}?force=1&v=1`;
    const { status, body } = await http({ socketPath, path, method: 'DELETE' }, AbortSignal.timeout(30_000));
    if (status !== 204 && status !== 404)
      throw new Error(`removing container ${Id} answered ${status}: ${body}`);
  }
}
