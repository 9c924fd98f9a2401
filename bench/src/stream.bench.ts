import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Area, OpenArea, Samples } from './area';
import { startCloud } from './cloud';
import type { BenchCloud } from './cloud';
import { launch, remove } from './launch/instances';
import { DockerLog } from './stream/docker-log';
import { median, percentile } from './statistics';

/** Few a round and many rounds: what else the machine does changes from second to second. */
const OPENED = 20;
const ROUNDS = 10;
const OPEN_MS = 10_000;

/** Writes one line and then nothing. */
const SPEAKS_ONCE = ['/bin/busybox', 'sh', '-c', 'echo ready; exec /bin/busybox sleep 100000'];

/**
 * From the request for a followed log until its first line is read, beside the same of the same container by the Docker
 * Engine's API. Ours opens two connections for it: the gateway's to compute, and compute's to the agent.
 */
export const streams: Area = { name: 'stream', open };

async function open(): Promise<OpenArea> {
  const cloud = await startCloud();
  try {
    const agent = parseEnv(readFileSync(cloud.layout.environment('agent'), 'utf8'));
    const { id } = await launch(cloud, SPEAKS_ONCE);
    const peer = new DockerLog(agent.THECLOUD_AGENT_DOCKER_SOCKET ?? '', id);
    await firstLine(cloud, id); // it has been written
    return {
      close: async () => {
        await remove(cloud, [id]);
        await cloud.close();
      },
      measurements: [
        {
          rows: [
            { name: 'stream.open', series: 'ms', of: median, unit: 'ms', better: 'lower' },
            { name: 'stream.open.p95', series: 'ms', of: percentile(95), unit: 'ms', better: 'lower' },
          ],
          rounds: ROUNDS,
          ours: () => inTurn(() => firstLine(cloud, id)),
          peer: () => inTurn(() => peer.firstLine()),
        },
      ],
    };
  } catch (error) {
    await cloud.close();
    throw error;
  }
}

async function inTurn(openOne: () => Promise<void>): Promise<Samples> {
  const ms: number[] = [];
  for (let n = 0; n < OPENED; n++) {
    const began = performance.now();
    await openOne();
    ms.push(performance.now() - began);
  }
  return { ms };
}

async function firstLine({ url, apiKey }: BenchCloud, id: string): Promise<void> {
  const leave = new AbortController();
  const response = await fetch(`${url}/v1/instances/${id}/logs?follow=true`, {
    headers: { 'x-api-key': apiKey, accept: 'application/x-ndjson' },
    signal: AbortSignal.any([leave.signal, AbortSignal.timeout(OPEN_MS)]),
  });
  const { value } = (await response.body?.getReader().read()) ?? {};
  leave.abort();
  if (!response.ok || !value) throw new Error(`the log of ${id} answered ${response.status} and no line`);
}
