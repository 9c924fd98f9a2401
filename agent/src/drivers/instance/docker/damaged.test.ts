import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@thecloud/kernel';
import { bitFlips, readEach, truncations } from '@thecloud/testkit';
import { DriverError } from '../../../ports/driver-error';
import { labels } from './container';
import { DockerInstanceDriver } from './docker';

const never = new AbortController().signal;
const hostId = newId('host');
const id = newId('instance');
const dir = mkdtempSync(join(tmpdir(), 'damaged-'));
const socketPath = join(dir, 'docker.sock');

const frame = (text: string) => {
  const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};
const log = Buffer.concat(
  Array.from({ length: 20 }, (_, i) =>
    frame(`2026-11-29T01:00:00.${String(i).padStart(9, '0')}Z line ${i}\n`),
  ),
);
const stats = Buffer.from(
  JSON.stringify({
    ...{ read: '2026-11-29T01:00:00Z', cpu_stats: { cpu_usage: { total_usage: 5 } } },
    ...{
      memory_stats: { usage: 9, limit: 64, stats: { inactive_file: 1 } },
      pids_stats: { current: 1, limit: 9 },
    },
    ...{ networks: { eth0: { rx_bytes: 1, rx_packets: 1, tx_bytes: 1, tx_packets: 1 } } },
  }),
);
const container = {
  ...{ Id: 'c'.repeat(64), HostConfig: { LogConfig: { Type: 'json-file', Config: {} } } },
  ...{ Config: { Labels: { [labels.hostId]: hostId, [labels.instanceId]: id } } },
  ...{ State: { Status: 'running', Running: true, Pid: 1, StartedAt: '2026-11-29T01:00:00Z' } },
};

/** Answers as Docker does, but for the logs and stats, which are what a test says. */
let damaged: Buffer = Buffer.alloc(0);
let server: Server;
const driver = new DockerInstanceDriver({ socketPath, hostId, publishAddress: '127.0.0.1' });
beforeAll(async () => {
  server = createServer((request, response) => {
    if (/\/(logs|stats)\?/.test(request.url ?? '')) response.end(damaged);
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(container));
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true });
});

const readLog = async () => {
  let lines = 0;
  for await (const batch of driver.logs(id, { follow: true }, never)) lines += batch.length;
  return lines;
};

it.each([
  ['a log', log, readLog, 20],
  ['stats', stats, async () => (await driver.stats(id, never)).pids, 1n],
])(
  '%s that is damaged is read as far as it goes, or Docker is said not to answer',
  async (_, whole, read, good) => {
    damaged = whole;
    expect(await read()).toBe(good);
    for (const cases of [truncations(whole, 20), bitFlips(whole, 60, 1)])
      for (const { how, error } of await readEach(cases, async (bytes) => {
        damaged = bytes;
        return read();
      }))
        expect({ how, error: error === undefined || error instanceof DriverError }).toEqual({
          how,
          error: true,
        });
  },
);
