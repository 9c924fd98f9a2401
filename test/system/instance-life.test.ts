import { readdirSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { eventually } from '@thecloud/testkit';
import { idOf } from './api';
import type { Api } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';
import { Docker } from './docker';
import { Exec, Text } from './streams';

jest.setTimeout(180_000);
let cloud: Cloud;
let docker: Docker;
/** Says "tick 1", "tick 2" … ten times a second; runs until stopped. */
let ticking: string;
beforeAll(async () => {
  cloud = await startCloud({ driver: 'docker', processes: true });
  docker = new Docker(cloud.dockerSocket);
  await cloud.importStarter();
  ticking = await launch(
    'ticking',
    'i=0; while :; do i=$((i+1)); echo "tick $i"; echo "tock $i" >&2; sleep 0.1; done',
  );
});
afterAll(() => cloud.close());

/** On the way out a shell as process 1 would ignore the signal. */
const sh = (script: string) => ['/bin/sh', '-c', `trap 'exit 0' TERM; ${script}`];

async function launch(name: string, script: string, more: object = {}): Promise<string> {
  const id = idOf(await cloud.admin.launch(name, { command: sh(script), ...more }));
  await cloud.admin.reaches(id, 'running');
  return id;
}

/** Of a process of this machine, by their numbers; empty when there is none. */
const childrenOf = (pid: number) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();

const logs = async (id: string, query = '', api: Api = cloud.admin) => {
  const text = await Text.open(api, `/v1/instances/${id}/logs${query}`);
  await text.ended;
  return text;
};
const run = (id: string, script: string, more: object = {}) =>
  cloud.admin.call('POST', `/v1/instances/${id}:exec`, { command: ['/bin/sh', '-c', script], ...more });
const decoded = (body: object, field: 'stdout' | 'stderr') =>
  Buffer.from((body as Record<string, string>)[field] ?? '', 'base64').toString();

describe('logs', () => {
  it('are plain text: all, the last lines, from a time on, with times', async () => {
    await eventually('some lines', async () => (await logs(ticking)).lines.includes('tick 5'));
    const all = (await logs(ticking)).lines;
    expect(all.filter((line) => line.startsWith('tick')).slice(0, 3)).toEqual(['tick 1', 'tick 2', 'tick 3']);
    expect(all).toContain('tock 1');
    expect((await logs(ticking, '?tail=3')).lines).toHaveLength(3);

    const dated = (await logs(ticking, '?timestamps=true')).lines;
    const [time = '', said] = dated.find((line) => line.endsWith(' tick 4'))?.split(/ (.*)/s) ?? [];
    expect(said).toBe('tick 4');
    expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(600_000);
    const later = (await logs(ticking, `?since=${encodeURIComponent(time)}`)).lines;
    expect(later).toContain('tick 4');
    expect(later).not.toContain('tick 2');
  });

  it('tell as JSON which stream wrote what, and when', async () => {
    const lines = await cloud.admin.lines(`/v1/instances/${ticking}/logs?tail=4`);
    const results = lines.map((line) => (line as { result: Record<string, string> }).result);
    expect(new Set(results.map((r) => r['stream']))).toEqual(new Set(['stdout', 'stderr']));
    expect(Date.parse(results[0]?.['time'] ?? '')).toBeGreaterThan(0);
    expect(decoded({ stdout: results[0]?.['data'] }, 'stdout')).toMatch(/^t[io]ck \d+\n/);
  });

  it('are followed over a restart and a new container, without repeating, until the instance is deleted', async () => {
    const id = await launch('followed', 'echo hello from $GREETING; while :; do sleep 0.1; done', {
      env: { GREETING: 'one' },
    });
    const followed = await Text.open(cloud.admin, `/v1/instances/${id}/logs?follow=true`);
    await eventually('the first line', () => followed.lines.length === 1);
    await docker.kill(id);
    await eventually('a restart', () => followed.lines.length === 2);
    await cloud.admin.call('PATCH', `/v1/instances/${id}`, { spec: { env: { GREETING: 'two' } } });
    await eventually('a new container', () => followed.lines.includes('hello from two'));
    expect(followed.lines.filter((line) => line === 'hello from two')).toHaveLength(1);
    await cloud.agent.kill(); // and over the end of the agent
    await cloud.agent.start();
    const readable = () =>
      logs(id).then(
        (read) => read.lines.length,
        () => 0,
      );
    await eventually('the agent', readable);
    await cloud.admin.call('DELETE', `/v1/instances/${id}`);
    await followed.ended;
    expect(followed.lines.filter((line) => line === 'hello from one')).toHaveLength(2);
  });

  it('of a stopped instance are there; exec and stats are refused with advice', async () => {
    const id = await launch('stopped', 'echo last words; while :; do sleep 0.1; done');
    await eventually('words', async () => (await logs(id)).lines.length === 1);
    await cloud.admin.call('POST', `/v1/instances/${id}:stop`, { grace_seconds: 1 });
    await cloud.admin.reaches(id, 'stopped');
    expect((await logs(id)).lines).toEqual(['last words']);
    const refusal = { status: 400, body: { reason: 'INSTANCE_NOT_RUNNING' } };
    expect(await run(id, 'true')).toMatchObject(refusal);
    expect(await cloud.admin.call('GET', `/v1/instances/${id}/stats`)).toMatchObject(refusal);
    const exec = await Exec.start(cloud.admin, id, { command: ['/bin/sh'] });
    expect(await exec.closed).toBe(4400);
    expect(exec.frames.at(-1)?.error).toMatchObject({ reason: 'INSTANCE_NOT_RUNNING' });
  });
});

describe('exec', () => {
  it('is a terminal: it has a size, another after a resize, echoes, and ends with an exit code', async () => {
    const exec = await Exec.start(cloud.admin, ticking, {
      ...{ command: ['/bin/sh'], tty: true, size: { rows: 33, columns: 101 }, env: { PS1: '> ' } },
      ...{ working_dir: '/www', user: '0:0' },
    });
    await eventually('a prompt', () => exec.stdout.includes('> '));
    exec.type('stty size; pwd; test -t 0 && echo on a terminal\n');
    await eventually('the answers', () => /33 101\r\n\/www\r\non a terminal/.test(exec.stdout));
    exec.send({ resize: { rows: 44, columns: 122 } });
    await eventually('the new size', () => {
      exec.type('stty size\n');
      return exec.stdout.includes('44 122');
    });
    exec.type('sleep 1000\n');
    const [shell = 0] = await docker.execs(ticking);
    await eventually('it to sleep', () => childrenOf(shell));
    exec.type('\x03');
    await eventually('it to be interrupted', () => !childrenOf(shell));
    exec.type('exit 7\n');
    expect(await exec.closed).toBe(1000);
    expect(exec.exitCode).toBe(7);
  });

  it('is a pipe: input goes in, its end is seen, output and errors come apart', async () => {
    const exec = await Exec.start(cloud.admin, ticking, {
      command: ['/bin/sh', '-c', 'read a; echo "got $a"; cat >/dev/null; echo done >&2; exit 3'],
    });
    exec.send({ stdin_closed: false }); // says nothing
    exec.type('this\n');
    await eventually('an answer', () => exec.stdout === 'got this\n');
    exec.send({ stdin_closed: true });
    expect(await exec.closed).toBe(1000);
    expect([exec.stderr, exec.exitCode]).toEqual(['done\n', 3]);
  });

  it('passes signals on', async () => {
    const exec = await Exec.start(cloud.admin, ticking, { command: ['/bin/sleep', '1000'] });
    await eventually('the program', async () => (await docker.execs(ticking)).length > 0);
    exec.send({ signal: 'TERM' });
    expect(await exec.closed).toBe(1000);
    expect(exec.exitCode).toBe(143);
  });

  it('refuses what breaks the rules, and ends the program', async () => {
    const exec = await Exec.start(cloud.admin, ticking, { command: ['/bin/cat'] });
    exec.send({ start: { command: ['/bin/cat'] } });
    expect(await exec.closed).toBe(4400);
    const silent = new Exec(cloud.admin, ticking);
    await silent.opened;
    silent.type('hello');
    expect(await silent.closed).toBe(4400);
    await eventually('nothing to run', async () => (await docker.execs(ticking)).length === 0);
  });
});

describe('a command', () => {
  it('runs to its end, and answers with code, output and errors', async () => {
    const stdin = Buffer.from('shout').toString('base64');
    const { status, body } = await run(ticking, 'tr a-z A-Z; echo bad >&2; exit 4', { stdin });
    expect([status, body.exit_code]).toEqual([200, 4]);
    expect([decoded(body, 'stdout'), decoded(body, 'stderr')]).toEqual(['SHOUT', 'bad\n']);
  });

  it('is killed when its time is over, with all it has started', async () => {
    const { body } = await run(ticking, 'echo begun; sleep 1000 & sleep 1000', { timeout_seconds: 1 });
    expect(body).toMatchObject({ timed_out: true, exit_code: 137 });
    expect(decoded(body, 'stdout')).toBe('begun\n');
    expect(await docker.execs(ticking)).toEqual([]);
  });

  it('gives the first MiB of what it writes, and lets it end', async () => {
    const { body } = await run(ticking, 'yes | head -c 5000000; echo end >&2');
    expect(body).toMatchObject({ exit_code: 0, truncated: true, timed_out: false });
    expect(decoded(body, 'stdout')).toHaveLength(1 << 20);
    expect(decoded(body, 'stderr')).toBe('end\n');
  });
});

it('tells what an instance uses, once and again', async () => {
  const { status, body } = await cloud.admin.call('GET', `/v1/instances/${ticking}/stats`);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    memory: { limit_bytes: String(128 << 20) },
    pids: { limit: '512' },
    cpu: { percent: expect.any(Number) as number },
    network: { rx_bytes: expect.any(String) as string },
  });
  const busy = run(ticking, 'timeout 3 sh -c "while :; do :; done"', { timeout_seconds: 20 });
  const samples = await cloud.admin.lines(`/v1/instances/${ticking}/stats:watch`, 3);
  const percent = samples.map((s) => (s as { result: { cpu: { percent: number } } }).result.cpu.percent);
  expect(Math.max(...percent)).toBeGreaterThan(5);
  await busy;
});

describe('a reader that does not read', () => {
  const residentMib = (pid: number) =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  /** Bytes a process has written so far. */
  const writtenBy = (pid: number) =>
    Number(/wchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
  const MIB = 1 << 20;
  const TOTAL = 128;

  it('makes the program wait, costs bounded memory, and gets everything when it reads again', async () => {
    const before = [cloud.agent, cloud.compute].map((part) => residentMib(part.pid));
    const exec = new Exec(cloud.admin, ticking);
    await exec.opened;
    exec.pause();
    exec.send({ start: { command: ['/bin/dd', 'if=/dev/zero', 'bs=65536', `count=${TOTAL * 16}`] } });
    const [pid = 0] = await eventually('dd', async () => {
      const found = await docker.execs(ticking);
      return found.length > 0 ? found : undefined;
    });
    let [last, still] = [0, 0];
    await eventually('it to stand still', () => {
      const now = writtenBy(pid);
      still = now === last && now > 0 ? still + 1 : 0;
      last = now;
      return still >= 20;
    });
    // What all buffers on the way hold together: far less than it wants to write.
    expect(last).toBeLessThan(48 * MIB);
    const grown = [cloud.agent, cloud.compute].map((part, i) => residentMib(part.pid) - (before[i] ?? 0));
    expect(Math.max(...grown)).toBeLessThan(96);
    exec.resume();
    expect(await exec.closed).toBe(1000);
    expect(exec.exitCode).toBe(0);
    expect(exec.bytes).toBeGreaterThanOrEqual(TOTAL * MIB);
  });

  it('of a log that grows without end costs bounded memory, and holds nobody up', async () => {
    const id = await launch(
      'endless',
      'line=$(yes 0123456789 | head -n 90 | tr -d "\n"); while :; do yes $line | head -c 4000000; done',
    );
    const before = [cloud.agent, cloud.compute].map((part) => residentMib(part.pid));
    const url = `${cloud.url}/v1/instances/${id}/logs?follow=true`;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(url, { headers: { 'x-api-key': cloud.admin.key } }, resolve).once('error', reject);
    });
    response.pause();
    const { State: state, HostConfig: config } = await docker.inspect(id);
    const pid = config.Init ? Number(childrenOf(state.Pid)) : state.Pid;
    // The program runs on, whoever reads: it writes far more than the reader is offered.
    const seen = new Set<string>();
    await eventually('it to have written 240 MB', () => seen.add(childrenOf(pid)).size > 60);
    const grown = [cloud.agent, cloud.compute].map((part, i) => residentMib(part.pid) - (before[i] ?? 0));
    expect(Math.max(...grown)).toBeLessThan(96);
    response.destroy();
    await cloud.admin.call('DELETE', `/v1/instances/${id}`);
    await cloud.admin.vanishes(`/v1/instances/${id}`);
  });
});

it('leaves no program and no stream on the host when readers vanish', async () => {
  /** Open connections of the agent. */
  const sockets = () => readdirSync(`/proc/${cloud.agent.pid}/fd`).length;
  await logs(ticking);
  const idle = sockets();
  const execs = await Promise.all(
    ['cat', 'sleep 1000 & sleep 1000', 'yes'].map((script) =>
      Exec.start(cloud.admin, ticking, { command: ['/bin/sh', '-c', script], tty: true }),
    ),
  );
  const followers = await Promise.all(
    Array.from({ length: 10 }, () =>
      Text.open(cloud.admin, `/v1/instances/${ticking}/logs?follow=true&tail=0`),
    ),
  );
  await eventually('all programs', async () => (await docker.execs(ticking)).length === 3);
  await eventually('all streams', () => sockets() >= idle + 13);
  const open = sockets(); // with those that are kept a while for the next question to Docker
  for (const exec of execs) exec.vanish();
  await Promise.all(followers.map((follower) => follower.stop()));
  await eventually('no program', async () => (await docker.execs(ticking)).length === 0);
  const left = (await run(ticking, 'ps | grep -c "[s]leep 1000"')).body;
  expect(decoded(left, 'stdout').trim()).toBe('0');
  await eventually('no stream', () => sockets() <= open - 13);
});
