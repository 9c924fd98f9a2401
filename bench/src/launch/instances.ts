import { randomUUID } from 'node:crypto';
import type { BenchCloud } from '../cloud';

interface Instance {
  metadata: { id: string };
  status: { state: string; reason?: string; message?: string };
}

/** What is launched: the starter image's own page, from the smallest type. */
const SPEC = {
  type: 'nano-1',
  image: 'starter',
  command: ['/bin/busybox', 'httpd', '-f', '-p', '8080', '-h', '/www'],
};
const LAUNCH_MS = 60_000;

/** Launches one and watches it until it runs; ms from the first byte sent to the frame that says so. */
export async function launch(
  cloud: BenchCloud,
  command: readonly string[] = SPEC.command,
): Promise<{ id: string; ms: number }> {
  const body = { name: `l-${randomUUID()}`, spec: { ...SPEC, command } };
  const began = performance.now();
  const { metadata } = await cloud.call<Instance>('POST', '/v1/instances', body);
  await running(cloud, metadata.id);
  return { id: metadata.id, ms: performance.now() - began };
}

/** Removes them, and returns when they are gone from the host. */
export async function remove(cloud: BenchCloud, ids: readonly string[]): Promise<void> {
  await Promise.all(
    ids.map(async (id) => {
      await cloud.call('DELETE', `/v1/instances/${id}`);
      for await (const { status } of watch(cloud, id)) if (status.state === 'deleted') return;
    }),
  );
}

async function running(cloud: BenchCloud, id: string): Promise<void> {
  for await (const { status } of watch(cloud, id)) {
    if (status.state === 'running') return;
    if (status.state === 'failed') throw new Error(`${id} failed: ${status.reason} ${status.message}`);
  }
  throw new Error(`the watch of ${id} ended before it ran`);
}

/** The instance as it is, and whenever it changes. One that is gone already has nothing to tell. */
async function* watch({ url, apiKey }: BenchCloud, id: string): AsyncGenerator<Instance> {
  const response = await fetch(`${url}/v1/instances/${id}:watch`, {
    headers: { 'x-api-key': apiKey, accept: 'application/x-ndjson' },
    signal: AbortSignal.timeout(LAUNCH_MS),
  });
  if (response.status === 404) return;
  if (!response.ok || !response.body) throw new Error(`the watch answered ${response.status}`);
  let rest = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { result, error } = JSON.parse(line) as { result?: Instance; error?: object };
      if (!result) throw new Error(`the watch said ${JSON.stringify(error)}`);
      yield result;
    }
  }
}
