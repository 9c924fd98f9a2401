import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Engine,
  freePort,
  identify,
  nats,
  readPidFile,
  registry,
  type RegistryEngine,
  send,
  until,
  writePidFile,
} from '@thecloud/engines';
import { engineTroubles, KeptEngines } from './keep-engines';
import { Layout } from './layout';

jest.setTimeout(120_000);
const layout = new Layout(mkdtempSync(join(tmpdir(), 'keep-engines-')));
const lines: string[] = [];
let port: number;
let events: Engine;
let images: RegistryEngine;
let kept: KeptEngines;
/** The keeper's clock. */
let now = 0;

beforeAll(async () => {
  layout.make();
  port = await freePort();
  events = nats({ dir: layout.home, port });
  images = registry({ dir: layout.home, port: await freePort() });
  await Promise.all([events.start(), images.start()]);
});
afterAll(async () => {
  await Promise.all([events.destroy(), images.destroy()]);
  rmSync(layout.home, { recursive: true });
});
beforeEach(() => {
  lines.splice(0);
  kept = new KeptEngines(layout, [events, images], (text) => lines.push(text));
});
afterEach(() => kept.close());

/** kill -9; answers the pid that was. */
async function kill({ name, pid }: Engine): Promise<number> {
  const engine = readPidFile(layout.pidFile(name));
  if (!engine) throw new Error(`${name} does not run`);
  send(engine, 'SIGKILL');
  expect(await until(() => pid() === undefined, 5_000)).toBe(true);
  return engine.pid;
}
/** Looks, as the supervisor does, until the log says that; the clock goes on by `stepMs` a look. */
const looksUntil = (said: string, stepMs = 200) =>
  until(() => {
    kept.look((now += stepMs));
    return lines.some((line) => line.startsWith(said));
  }, 30_000);
const answers = (count: number) => lines.filter((line) => line === 'nats answers again').length === count;

test('a killed engine comes back while verbs of the Makefile hold their lock', async () => {
  const verb = spawn('/usr/bin/flock', [join(layout.home, 'lock'), 'sh', '-c', 'echo locked; exec cat']);
  await once(verb.stdout, 'data');
  const before = await kill(events);
  expect(await looksUntil('nats answers again')).toBe(true);
  expect(events.pid()).not.toBe(before);
  expect(await events.ready()).toBe(true);
  expect(lines).toEqual(['nats ended; starting it again', 'nats answers again']);
  expect(verb.exitCode).toBeNull();
  verb.kill();
});

test('a registry that is killed while its garbage is collected comes back at once', async () => {
  const marker = join(layout.home, 'run/registry-collects');
  writePidFile(marker, identify(process.pid)!);
  writeFileSync(`${marker}.read-only`, '');
  await kill(images);
  expect(await looksUntil('registry answers again')).toBe(true);
  const pushed = await fetch(`${images.endpoint}/v2/images/x/blobs/uploads/`, { method: 'POST' });
  expect(pushed.status).toBe(405);
  rmSync(`${marker}.read-only`);
  rmSync(marker);
});

test('one that was stopped stays so', async () => {
  await events.stop();
  for (let look = 0; look < 5; look += 1) kept.look((now += 60_000));
  expect(lines).toEqual([]);
  await events.start();
});

test('one that dies again and again is started after longer and longer pauses, and that is told', async () => {
  for (let death = 1; death <= 4; death += 1) {
    lines.splice(0);
    await kill(events);
    const from = now;
    expect(await looksUntil('nats answers again', 50)).toBe(true);
    expect(answers(1)).toBe(true);
    // The keeper's clock had to pass the pause before it started: none, then 0.2 s, 0.4 s, 0.8 s.
    if (death > 1) expect(now - from).toBeGreaterThanOrEqual(100 * 2 ** (death - 1));
  }
  expect(lines[0]).toBe('nats ended; starting it again (4 times in a row, 1.6 s until the next)');
  expect(engineTroubles(layout, ['registry', 'nats'])).toEqual([
    expect.stringMatching(/^nats was started 4 times in a row, .*the last start succeeded.*nats\.log$/),
  ]);
  kept.look((now += 31_000)); // the pause
  kept.look((now += 31_000)); // a good life
  expect(engineTroubles(layout, ['registry', 'nats'])).toEqual([]);
});

test('one that cannot be started is tried until it can', async () => {
  await kill(events);
  const squatter = createServer().listen(port, '127.0.0.1');
  await once(squatter, 'listening');
  expect(await looksUntil('nats could not be started (2 times in a row', 5_000)).toBe(true);
  expect(lines.at(-1)).toContain(`port ${port} on 127.0.0.1 is taken by`);
  expect(engineTroubles(layout, ['nats'])).toEqual([
    expect.stringContaining('the last start failed: nats: port'),
  ]);
  squatter.close();
  expect(await looksUntil('nats answers again', 5_000)).toBe(true);
  expect(await events.ready()).toBe(true);
});

test('two processes that start one engine at the same time start it once, and a stop waits for a start', async () => {
  await events.stop();
  const another = nats({ dir: layout.home, port });
  await Promise.all([events.start(), another.start(), nats({ dir: layout.home, port }).start()]);
  expect(another.pid()).toBe(events.pid());
  await events.stop();
  const started = events.start();
  await another.stop();
  await started.catch(() => undefined); // it may have been stopped before it answered
  await events.start();
  expect(another.pid()).toBe(events.pid());
  expect(await another.ready()).toBe(true);
});
