import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPidFile, until } from '@thecloud/engines';
import { KeptProcess, pauseMs, stopProcess } from './keep-alive';
import { Layout } from './layout';

const layout = new Layout(mkdtempSync(join(tmpdir(), 'keep-')));
const planned = { name: 'sleeper', args: ['-e', 'setInterval(() => {}, 1000)'], env: {}, services: [] };
const pid = () => readPidFile(layout.pidFile('sleeper'))?.pid;

afterAll(async () => {
  await stopProcess(layout, 'sleeper');
  rmSync(layout.home, { recursive: true });
});

test('adopts a running process, starts a killed one again, and stops it', async () => {
  layout.make();
  const lines: string[] = [];
  const make = () => new KeptProcess(layout, planned, (text) => lines.push(text));
  const kept = make();
  await kept.look(0);
  const first = pid();
  expect(first).toBeDefined();
  await make().look(0);
  expect(pid()).toBe(first);

  process.kill(first!, 'SIGKILL');
  await until(() => pid() === undefined, 5_000);
  await kept.look(1_000);
  expect(pid()).toBeDefined();
  expect(pid()).not.toBe(first);
  expect(lines).toEqual(['sleeper ended; starting it again']);

  expect(await stopProcess(layout, 'sleeper')).toBe(true);
  expect(pid()).toBeUndefined();
  await kept.look(1_050); // its pause is not over
  expect(pid()).toBeUndefined();
});

test('pauses grow to ten seconds and no further', () => {
  expect([0, 1, 2, 5].map(pauseMs)).toEqual([100, 200, 400, 3_200]);
  expect(pauseMs(1_000)).toBe(10_000);
});
