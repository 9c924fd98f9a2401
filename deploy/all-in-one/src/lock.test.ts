import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@thecloud/engines';
import { root } from './layout';

/** The lock of the Makefile's verbs, as scripts/lib.sh takes it. */
jest.setTimeout(60_000);
const home = mkdtempSync(join(tmpdir(), 'lock-'));
const running: ChildProcess[] = [];
afterAll(() => {
  for (const child of running) child.stdin?.end();
  rmSync(home, { recursive: true });
});

interface Verb {
  readonly child: ChildProcess;
  said(): string;
}

/** Takes the lock, says "at work", and ends with its standard input. */
function verb(mode: 'shared' | 'exclusive', seconds = 30): Verb {
  const script = `. scripts/lib.sh; LOCK_SECONDS=${seconds}; lock ${mode}; echo at work; cat 9>&-; exit`;
  // Called as verbs are, so that the others can name it.
  const child = spawn('/bin/sh', ['-c', script, 'scripts/verb.sh', 'collect'], {
    cwd: root,
    env: { ...process.env, THECLOUD_HOME: home },
  });
  running.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
  return { child, said: () => said };
}
const says = (one: Verb, what: string) => until(() => one.said().includes(what), 20_000);

test('verbs that work on a running cloud go on together; one that changes it waits, and says for what', async () => {
  const [first, second] = [verb('shared'), verb('shared')];
  expect([await says(first, 'at work'), await says(second, 'at work')]).toEqual([true, true]);
  const third = verb('exclusive');
  expect(await says(third, 'Waiting for ')).toBe(true);
  for (const { child } of [first, second]) expect(third.said()).toContain(`make collect (pid ${child.pid})`);
  expect(third.said()).not.toContain('at work');
  first.child.stdin?.end();
  second.child.stdin?.end();
  expect(await says(third, 'at work')).toBe(true);

  const late = verb('shared', 0.1);
  const [code] = (await once(late.child, 'exit')) as [number];
  expect(code).toBe(1);
  expect(late.said()).toContain('is still at work here\n  What to do: wait until it has ended');
  third.child.stdin?.end();
});

test('kill -9 of a verb frees the lock', async () => {
  const killed = verb('exclusive');
  expect(await says(killed, 'at work')).toBe(true);
  killed.child.kill('SIGKILL');
  const next = verb('exclusive');
  expect(await says(next, 'at work')).toBe(true);
  next.child.stdin?.end();
});
