import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logTail } from './log-tail';
import { identify, isAlive } from './proc';
import { launch, readPidFile, removeStaleLock, terminate, writePidFile } from './process';
import { until } from './until';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'process-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function launchSleeper(script = 'echo started; exec sleep 60') {
  const sleeper = await launch({ program: '/bin/sh', args: ['-c', script] }, join(dir, 'log', 'sleeper.log'));
  if (!sleeper) throw new Error('the sleeper ended at once');
  return sleeper;
}

test('a launched process leads its own session, logs to a private file, and ends on request', async () => {
  const sleeper = await launchSleeper();
  const log = join(dir, 'log', 'sleeper.log');
  expect(await until(() => logTail(log) === 'started', 5_000)).toBe(true);
  expect(statSync(log).mode & 0o777).toBe(0o600);
  const session = readFileSync(`/proc/${sleeper.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[3];
  expect(Number(session)).toBe(sleeper.pid);
  await terminate(sleeper, 'SIGTERM', 5_000);
  expect(isAlive(sleeper)).toBe(false);
});

test('a process that ignores SIGTERM is killed after its grace', async () => {
  const deaf = await launchSleeper('trap "" TERM; echo started; while :; do sleep 1; done');
  expect(await until(() => logTail(join(dir, 'log', 'sleeper.log')) === 'started', 5_000)).toBe(true);
  await terminate(deaf, 'SIGTERM', 100);
  expect(isAlive(deaf)).toBe(false);
});

test('a pid file does not mistake a reused pid for its process', () => {
  const file = join(dir, 'x.pid');
  const me = identify(process.pid);
  if (!me) throw new Error('we are not alive');
  writePidFile(file, me);
  expect(readPidFile(file)).toEqual(me);
  writePidFile(file, { ...me, startTime: me.startTime - 1 });
  expect(readPidFile(file)).toBeUndefined();
  writePidFile(file, { ...me, bootId: 'another' });
  expect(readPidFile(file)).toBeUndefined();
});

test.each(['', 'rubbish', '1', '99999999 1 x'])('a damaged pid file names nobody: %p', (text) => {
  writeFileSync(join(dir, 'x.pid'), text);
  expect(readPidFile(join(dir, 'x.pid'))).toBeUndefined();
});

test('a lock goes only without its owner', () => {
  const lock = join(dir, 'lock');
  writeFileSync(lock, `${process.pid}\nmore`);
  removeStaleLock(lock, () => true);
  expect(statSync(lock, { throwIfNoEntry: false })).toBeDefined();
  removeStaleLock(lock, () => false);
  expect(statSync(lock, { throwIfNoEntry: false })).toBeUndefined();
});

test('the tail of a log is bounded', () => {
  const file = join(dir, 'long.log');
  writeFileSync(file, Array.from({ length: 10_000 }, (_, i) => `line ${i}\n`).join(''));
  expect(logTail(file, 2)).toBe('line 9998\nline 9999');
  expect(logTail(join(dir, 'absent'))).toBe('');
});
