import { join } from 'node:path';
import type { Area, Measurement, OpenArea } from './area';
import { IMAGE, seedInstances } from './api/rows';
import { startCloud } from './cloud';
import type { BenchCloud } from './cloud';
import type { CreateJob } from './load/creates';
import { Load } from './load/load';
import type { ReadJob } from './load/reads';
import { Helper } from './processes';
import { median, percentile } from './statistics';

const CONNECTIONS = 32;
const SECONDS = 5;
const INSTANCES = 10_000;
const READ_IDS = 1_000;
/** A round takes seconds, as those of reads do: what is compiled meanwhile is no part of the steady rate. */
const CREATES = 2_000;
const PAGE = '/v1/instances?page_size=50';

/**
 * The API as callers have it (keys, tenancy, mutual TLS between processes, access log), beside Express 5 and pg doing
 * the same row work with none of that.
 */
export const api: Area = { name: 'api', open };

async function open(): Promise<OpenArea> {
  const cloud = await startCloud();
  const load = new Load();
  const peer = new Helper(join(__dirname, 'api/peer.js'), { NODE_ENV: 'production' });
  const close = async () => {
    await Promise.all([load.close(), peer.end()]);
    await cloud.close();
  };
  try {
    const { projects } = await cloud.call<{ projects: { metadata: { id: string } }[] }>(
      'GET',
      '/v1/projects',
    );
    const projectId = projects[0]?.metadata.id ?? '';
    const peerUrl = await peer.ask<string>({ postgres: cloud.postgres, projectId });
    const ids = await seedInstances(cloud.postgres, projectId, INSTANCES);
    await cloud.noopHosts.add();
    await cloud.noopHosts.add();
    const paths = ids.slice(0, READ_IDS).map((id) => `/v1/instances/${id}`);
    return {
      close,
      measurements: [
        readMeasurement('api.read', paths, cloud, peerUrl, load),
        readMeasurement('api.list', [PAGE], cloud, peerUrl, load),
        writeMeasurement(cloud, peerUrl, load),
      ],
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function readMeasurement(
  name: string,
  paths: readonly string[],
  cloud: BenchCloud,
  peerUrl: string,
  load: Load,
): Measurement {
  const job: Omit<ReadJob, 'url' | 'headers'> = {
    kind: 'reads',
    paths,
    connections: CONNECTIONS,
    seconds: SECONDS,
  };
  return {
    rows: rowsOf(name),
    ours: () => load.run({ ...job, url: cloud.url, headers: { 'x-api-key': cloud.apiKey } }),
    peer: () => load.run({ ...job, url: peerUrl, headers: {} }),
  };
}

/** Ours ends when the instance runs, on a noop host; the peer's when its rows are committed. */
function writeMeasurement(cloud: BenchCloud, peerUrl: string, load: Load): Measurement {
  const job: Omit<CreateJob, 'url' | 'headers'> = {
    kind: 'creates',
    path: '/v1/instances',
    body: { spec: { type: 'nano-1', image: IMAGE } },
    connections: CONNECTIONS,
    count: CREATES,
  };
  const running = { ...job, runningIn: cloud.postgres };
  return {
    rows: rowsOf('api.write'),
    ours: () => load.run({ ...running, url: cloud.url, headers: { 'x-api-key': cloud.apiKey } }),
    peer: () => load.run({ ...job, count: CREATES * 5, url: peerUrl, headers: {} }),
  };
}

const rowsOf = (name: string): Measurement['rows'] => [
  { name, series: 'rate', of: median, unit: '1/s', better: 'higher' },
  { name: `${name}.p95`, series: 'latency', of: percentile(95), unit: 'ms', better: 'lower' },
];
