import type { agentV1 } from '@thecloud/api';
import { newId } from '@thecloud/kernel';
import { isHere } from '../../../core/record';
import { NoopImageDriver } from '../drivers/image/noop';
import { NoopInstanceDriver } from '../drivers/noop/noop';
import { execFailed } from '../drivers/docker/problem';
import { TestHost } from '../../../fixtures/host';
import { createLogger } from '@thecloud/service-kit';
import { until } from '../../../fixtures/until';
import { InstanceLife } from './instance-life';

const driver = new NoopInstanceDriver();
const log = createLogger({ service: 'test', level: 'silent' });
const IDLE_MS = 200;
let host: TestHost;
let life: InstanceLife;
beforeAll(async () => {
  host = await new TestHost(driver, new NoopImageDriver()).start();
  const { observations, journal } = host;
  life = new InstanceLife({
    driverOf: () => driver,
    observations,
    here: (id) => isHere(journal.get({ kind: 'instance', id })),
    execIdleMs: 60_000,
    log,
  });
});
afterAll(() => host.close());

class TestCaller extends AbortController {
  accepted = false;
  accept = () => {
    this.accepted = true;
  };
}
const launch = async (env: Record<string, string> = {}, restartPolicy: 'always' | 'never' = 'always') => {
  const id = newId('instance');
  await host.apply(id, 1, { config: { env, restartPolicy } });
  await host.observed(id, { phase: 'running' });
  return id;
};
const anything = { follow: false, timestamps: false };
const spec = (...command: string[]) => ({ command, env: {}, tty: false, workingDir: '', user: '' });
/** What a caller sends, as it comes. */
async function* says(...input: Array<agentV1.ExecRequest['input']>): AsyncGenerator<agentV1.ExecRequest> {
  for (const one of input) yield { input: one };
}
async function* silence(caller: TestCaller): AsyncGenerator<agentV1.ExecRequest> {
  await new Promise((resolve) => caller.signal.addEventListener('abort', resolve));
}
async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const one of stream) read.push(one);
  return read;
}
const outputs = async (stream: AsyncIterable<agentV1.ExecResponse>) =>
  (await all(stream)).map(({ output }) =>
    output?.$case === 'exitCode' ? output.value : `${output?.$case}: ${String(output?.value)}`,
  );

describe('a followed log', () => {
  /** Gathers lines while it is followed. */
  const follow = (id: string, caller: TestCaller, tail?: number) => {
    const lines: string[] = [];
    const ended = (async () => {
      for await (const { data } of life.logs(id, { follow: true, timestamps: false, tail }, caller))
        lines.push(...data.toString().trimEnd().split('\n'));
    })();
    return { lines, ended };
  };

  it('goes on over restarts and with a new container, saying nothing twice, until the instance is deleted', async () => {
    const id = await launch();
    const caller = new TestCaller();
    const { lines, ended } = follow(id, caller);
    await until('the first start', () => lines.includes('started'));
    expect(caller.accepted).toBe(true);
    driver.die(id, 3);
    await until('the second', () => lines.filter((line) => line === 'started').length === 2);
    expect(lines).toEqual(['started', 'exit 3', 'started']);
    await host.apply(id, 2, { config: { env: { COLOUR: 'teal' } } });
    await until('another container', () => lines.filter((line) => line === 'started').length === 3);
    await host.apply(id, 3, { desired: 'absent' });
    await ended;
    expect(lines.slice(-1)).toEqual(['exit 143']);
    expect(life.limits.open).toBe(0);
  });

  it('waits while the program rests, and brings nothing of before when only what is new is wanted', async () => {
    const id = await launch({}, 'never');
    driver.die(id, 0);
    await host.observed(id, { phase: 'exited' });
    const caller = new TestCaller();
    const { lines, ended } = follow(id, caller, 0);
    await until('it to be accepted', () => caller.accepted);
    await host.apply(id, 2, { desired: 'running', restartNonce: 1 });
    await until('a start', () => lines.length > 0);
    expect(lines).toEqual(['started']);
    caller.abort();
    await ended;
    await until('nothing to be held', () => driver.users(id).followers === 0 && life.limits.open === 0);
  });
});

describe('exec', () => {
  it('brings what it writes, then its exit code', async () => {
    const id = await launch();
    const echo = life.exec(id, spec('echo', 'hello'), says(), new TestCaller());
    expect(await outputs(echo)).toEqual(['stdout: hello\n', 0]);
    const input = says(
      { $case: 'stdin', value: Buffer.from('typed') },
      { $case: 'stdinClosed', value: true },
    );
    expect(await outputs(life.exec(id, spec('cat'), input, new TestCaller()))).toEqual(['stdout: typed', 0]);
    const open = says({ $case: 'stdinClosed', value: false }, { $case: 'stdin', value: Buffer.from('more') });
    expect(await outputs(life.exec(id, spec('cat'), open, new TestCaller()))).toEqual(['stdout: more', 0]);
    const stopped = says({ $case: 'signal', value: 'INT' });
    expect(await outputs(life.exec(id, spec('cat'), stopped, new TestCaller()))).toEqual([130]);
  });

  it('ends the program when its caller goes, whatever it is doing', async () => {
    const id = await launch();
    for (const program of ['cat', 'yes']) {
      const caller = new TestCaller();
      const reading = outputs(life.exec(id, spec(program), silence(caller), caller));
      await until('a program', () => driver.users(id).execs === 1);
      caller.abort(new Error('gone'));
      await expect(reading).rejects.toThrow('gone');
      expect(driver.users(id).execs).toBe(0);
    }
    expect(life.limits.open).toBe(0);
  });

  it('ends the program when its caller breaks the rules', async () => {
    const id = await launch();
    const start = { instanceId: id, command: ['cat'], env: {}, tty: false, size: undefined };
    const twice = says({ $case: 'start', value: { ...start, workingDir: '', user: '' } });
    await expect(outputs(life.exec(id, spec('cat'), twice, new TestCaller()))).rejects.toMatchObject({
      reason: 'INVALID_FIELDS',
    });
    expect(driver.users(id).execs).toBe(0);
  });

  it('ends the program that nobody talks with', async () => {
    const id = await launch();
    const { observations, journal } = host;
    const impatient = new InstanceLife({
      ...{
        driverOf: () => driver,
        observations,
        here: (id) => isHere(journal.get({ kind: 'instance', id })),
      },
      ...{ execIdleMs: IDLE_MS, log },
    });
    const caller = new TestCaller();
    await expect(outputs(impatient.exec(id, spec('cat'), silence(caller), caller))).rejects.toMatchObject({
      reason: 'EXEC_IDLE',
    });
    expect(driver.users(id).execs).toBe(0);
  });

  it('is written to the log when the engine refuses it for a reason that is not known, and only then', async () => {
    const id = await launch();
    const { observations, journal } = host;
    const lines: unknown[] = [];
    const kept = { warn: (line: object) => lines.push(line) } as unknown as typeof log;
    for (const said of ['open /srv/x: input/output error', 'environment variable name is empty: "=x"']) {
      const refusing = Object.assign(Object.create(driver) as NoopInstanceDriver, {
        exec: () => Promise.reject(execFailed(said)),
      });
      const agent = new InstanceLife({
        ...{ driverOf: () => refusing, observations },
        here: (one: string) => isHere(journal.get({ kind: 'instance', id: one })),
        ...{ execIdleMs: IDLE_MS, log: kept },
      });
      const caller = new TestCaller();
      await expect(outputs(agent.exec(id, spec('x'), silence(caller), caller))).rejects.toMatchObject({
        reason: 'EXEC_FAILED',
      });
    }
    expect(lines).toEqual([
      {
        instance: id,
        err: expect.objectContaining({ message: 'open /srv/x: input/output error' }) as unknown,
      },
    ]);
  });

  it('ends with the instance', async () => {
    const id = await launch();
    const caller = new TestCaller();
    const reading = outputs(life.exec(id, spec('cat'), silence(caller), caller));
    await until('a program', () => driver.users(id).execs === 1);
    await host.apply(id, 2, { desired: 'absent' });
    expect(await reading).toEqual([137]);
  });
});

describe('stats', () => {
  it('come once an interval, and end when the program does', async () => {
    const id = await launch({}, 'never');
    const read: agentV1.WatchStatsResponse[] = [];
    for await (const one of life.stats(id, 100, new TestCaller())) {
      read.push(one);
      if (read.length === 2) driver.die(id, 0);
    }
    expect(read).toHaveLength(2);
    expect(read[1]).toMatchObject({ memory: { limitBytes: 64n << 20n }, pids: { used: 1n, limit: 64n } });
    expect(read[1]?.cpu?.percent).toBeCloseTo(10, 0);
  });
});

describe('refusals', () => {
  const life$ = {
    logs: (id: string, caller: TestCaller) => life.logs(id, anything, caller),
    exec: (id: string, caller: TestCaller) => life.exec(id, spec('cat'), says(), caller),
    stats: (id: string, caller: TestCaller) => life.stats(id, 100, caller),
  };

  it.each(Object.entries(life$))('%s of what is not here, or no longer', async (_, open) => {
    const deleted = await launch();
    await host.apply(deleted, 2, { desired: 'absent' });
    for (const id of [newId('instance'), deleted]) {
      const caller = new TestCaller();
      await expect(all<unknown>(open(id, caller))).rejects.toMatchObject({ reason: 'INSTANCE_NOT_HERE' });
      expect(caller.accepted).toBe(false);
    }
  });

  it('exec and stats of what does not run, whose log is there all the same', async () => {
    const id = await launch({}, 'never');
    driver.die(id, 4);
    for (const open of [life$.exec, life$.stats]) {
      const caller = new TestCaller();
      await expect(all<unknown>(open(id, caller))).rejects.toMatchObject({ reason: 'INSTANCE_NOT_RUNNING' });
      expect(caller.accepted).toBe(false);
    }
    const read = await all(life.logs(id, anything, new TestCaller()));
    expect(Buffer.concat(read.map((chunk) => chunk.data)).toString()).toBe('started\nexit 4\n');
  });

  it('everything while the engine is away', async () => {
    const id = await launch();
    driver.outage('gone');
    for (const open of Object.values(life$))
      await expect(all<unknown>(open(id, new TestCaller()))).rejects.toMatchObject({
        reason: 'ENGINE_UNAVAILABLE',
      });
    driver.outage('');
  });

  it('more streams of one instance than there may be', async () => {
    const id = await launch();
    const caller = new TestCaller();
    const open = Array.from({ length: 32 }, () => all(life.logs(id, { ...anything, follow: true }, caller)));
    await until('all of them', () => life.limits.open === 32);
    await expect(all(life.logs(id, anything, new TestCaller()))).rejects.toMatchObject({
      reason: 'TOO_MANY_STREAMS',
    });
    caller.abort();
    await Promise.all(open);
    expect(life.limits.open).toBe(0);
  });
});
