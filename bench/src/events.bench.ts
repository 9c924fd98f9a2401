import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { createJoinToken } from '@thecloud/identity';
import { seedInstances } from './api/rows';
import type { Area, OpenArea, Samples } from './area';
import { startCloud } from './cloud';
import type { BenchCloud } from './cloud';
import type { ChangeJob } from './events/changes';
import { Watcher } from './events/watcher';
import { Helper } from './processes';
import { median, percentile } from './statistics';

const PER_SECOND = 500;
const SECONDS = 5;
const INSTANCES = 500;

/**
 * From the commit of a change to the sight of its event, at 500 changes a second; beside LISTEN, NOTIFY and a WebSocket
 * server. A gap or a repetition is a broken run.
 */
export const events: Area = { name: 'events', open };

async function open(): Promise<OpenArea> {
  const cloud = await startCloud();
  const writer = new Helper(join(__dirname, 'events/writer.js'), await asCompute(cloud));
  const peer = new Helper(join(__dirname, 'events/peer.js'));
  const watchers: Watcher[] = [];
  const close = async () => {
    for (const watcher of watchers) watcher.close();
    await Promise.all([writer.end(), peer.end()]);
    await cloud.close();
  };
  try {
    const { projects } = await cloud.call<{ projects: { metadata: { id: string } }[] }>(
      'GET',
      '/v1/projects',
    );
    const projectId = projects[0]?.metadata.id ?? '';
    const ids = await seedInstances(cloud.postgres, projectId, INSTANCES);
    const job: ChangeJob = { ids, projectId, perSecond: PER_SECOND, seconds: SECONDS };
    const url = `${cloud.url.replace('http', 'ws')}/v1/events?type=thecloud.instance.`;
    const ours = await Watcher.open(url, { 'x-api-key': cloud.apiKey });
    const bare = await Watcher.open(await peer.ask<string>({ postgres: cloud.postgres }));
    watchers.push(ours, bare);
    const rows = [
      { name: 'events', series: 'latency', of: median, unit: 'ms', better: 'lower' },
      { name: 'events.p99', series: 'latency', of: percentile(99), unit: 'ms', better: 'lower' },
    ] as const;
    return {
      close,
      measurements: [{ rows, ours: () => measure(writer, ours, job), peer: () => measure(peer, bare, job) }],
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function measure(who: Helper, watcher: Watcher, job: ChangeJob): Promise<Samples> {
  const [committed, seen] = await Promise.all([
    who.ask<number[]>(job),
    watcher.all(job.perSecond * job.seconds),
  ]);
  return { latency: seen.map((at, n) => at - (committed[n] ?? NaN)) };
}

/** The environment of compute, with a certificate and ports of its own. */
async function asCompute({ layout }: BenchCloud): Promise<NodeJS.ProcessEnv> {
  const dir = layout.process('bench-writer');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const token = await createJoinToken({
    secretsDir: layout.identitySecrets,
    kind: 'compute',
    name: 'bench-writer',
  });
  writeFileSync(join(dir, 'join-token'), token, { mode: 0o600 });
  return {
    ...parseEnv(readFileSync(layout.environment('compute'), 'utf8')),
    THECLOUD_CERTIFICATE_DIR: join(dir, 'certificate'),
    THECLOUD_JOIN_TOKEN_PATH: join(dir, 'join-token'),
    THECLOUD_OPS_ADDRESS: '127.0.0.1:0',
  };
}
