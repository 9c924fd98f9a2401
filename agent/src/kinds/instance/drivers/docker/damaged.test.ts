import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@thecloud/kernel';
import { bitFlips, readEach, truncations } from '@thecloud/testkit';
import { DriverError } from '../../../../core/driver-error';
import type { DriverSpec } from '../../ports/instance-driver';
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
  State: {
    ...{ Status: 'running', Running: true, Paused: false, OOMKilled: false, Pid: 1, ExitCode: 0 },
    ...{ StartedAt: '2026-11-29T01:00:00Z', FinishedAt: '0001-01-01T00:00:00Z' },
  },
  ExecIDs: ['e1'],
};
const version = {
  ...{ Version: '26.1.5', ApiVersion: '1.45', Os: 'linux' },
  Components: [{ Name: 'docker-init', Version: '0.19.0' }],
};
const list = [{ Id: container.Id, State: 'running', Labels: container.Config.Labels }];
const execState = { ID: 'e1', Running: false, ExitCode: 3, Pid: 1 };

/** What this Docker answers, by the path without its version; a test damages one of them. */
const good = (): Record<string, Buffer> =>
  Object.fromEntries(
    Object.entries({
      '/version': version,
      '/containers/json': list,
      '/containers/create': { Id: container.Id, Warnings: [] },
      '/exec/json': execState,
      '/containers/exec': { Id: 'e1' },
      '/containers/id/json': container,
    }).map(([path, body]) => [path, Buffer.from(JSON.stringify(body))]),
  );
let answers = good();

/** Answers as Docker does, but for the logs and stats, which are what a test says. */
let damaged: Buffer = Buffer.alloc(0);
/** What follows the head of an upgraded connection. */
let output: Buffer = Buffer.alloc(0);
let server: Server;
const driver = new DockerInstanceDriver({ socketPath, hostId, publishAddress: '127.0.0.1' });
beforeAll(async () => {
  server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/\?.*/, '');
    request.resume();
    if (/\/(logs|stats)$/.test(path)) return void response.end(damaged);
    if (/\/(start|kill|wait)$/.test(path)) return void response.end('{"StatusCode":0}');
    const known = path
      .replace(/^\/exec\/[^/]*\/json$/, '/exec/json')
      .replace(/^\/containers\/[^/]*\/exec$/, '/containers/exec');
    const status = request.method === 'POST' ? 201 : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(answers[known] ?? answers['/containers/id/json']);
  });
  // Docker hands the connection over for the program's input and output.
  server.on('upgrade', (_, socket) => {
    socket.on('error', () => undefined).resume();
    socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
    socket.end(output);
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

const spec = { command: ['true'], env: {}, tty: false, workingDir: '', user: '' };
const instance: DriverSpec = {
  ...{ id, generation: 1, restartNonce: 0, specHash: 'h', image: 'i', entrypoint: [], command: [], env: {} },
  ...{ ports: [], cpuMillicores: 250, memoryMib: 64, pids: 64, hostname: 'h', projectId: 'p', onHostLoss: 'keep' },
}; // prettier-ignore
/** All that a program wrote, and its exit code. */
async function run(): Promise<string> {
  const process = await driver.exec(id, spec);
  let text = '';
  try {
    for await (const { data } of process.output) text += data.toString();
    return `${text}${await process.exitCode()}`;
  } finally {
    await process.close().catch(() => undefined);
  }
}
const written = Buffer.concat(Array.from({ length: 20 }, (_, i) => frame(`line ${i}\n`)));

it.each<[string, string, () => Promise<unknown>]>([
  ['the version', '/version', () => driver.probe()],
  ['the list of containers', '/containers/json', () => driver.list()],
  ['the list of containers, sweeping', '/containers/json', () => driver.sweep()],
  ['a container', '/containers/id/json', () => driver.inspect(id)],
  ['a container whose log is read', '/containers/id/json', readLog],
  ['a container that is to stop', '/containers/id/json', () => driver.stop(id, 10, never)],
  ['a container with execs', '/containers/id/json', () => driver.sweep()],
  ['a container that was made', '/containers/create', () => driver.create(instance, never)],
  ['an exec that was made', '/containers/exec', run],
  ['an exec', '/exec/json', () => driver.sweep()],
])('%s that is damaged is read for what it says, or Docker is said not to answer', async (_, path, read) => {
  damaged = log;
  output = written;
  answers = good();
  await read();
  const whole = answers[path] ?? Buffer.alloc(0);
  const readings = await readEach([...truncations(whole, 20), ...bitFlips(whole, 60, 2)], (bytes) => {
    answers = { ...good(), [path]: bytes };
    return read();
  });
  answers = good();
  for (const { how, error } of readings)
    expect({ how, error: error === undefined || error instanceof DriverError ? true : error }).toEqual({ how, error: true });
  const failures = readings.map(({ error, value }) => error ?? (value as { ok?: boolean } | undefined)?.ok === false);
  expect(failures.filter(Boolean).length).toBeGreaterThan(10); // a cut answer is none
}); // prettier-ignore

it('output of a program that is damaged is read as far as it goes', async () => {
  answers = good();
  output = written;
  expect(await run()).toMatch(/^line 0\n.*line 19\n3$/s);
  const readings = await readEach([...truncations(written, 20), ...bitFlips(written, 60, 4)], (bytes) => {
    output = bytes;
    return run();
  });
  for (const { how, error } of readings)
    expect({ how, error: error === undefined || error instanceof DriverError ? true : error }).toEqual({ how, error: true });
}); // prettier-ignore
