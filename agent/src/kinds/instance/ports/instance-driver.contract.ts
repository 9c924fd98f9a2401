import { newId } from '@thecloud/kernel';
import { until } from '../../../fixtures/until';
import { DriverError } from '../../../core/driver-error';
import type { InstanceDriver, DriverSpec } from './instance-driver';

/** What the suite needs to know about one adapter. */
export interface DriverUnderTest {
  driver: InstanceDriver;
  /** Two of the spec's parts: a program that runs until stopped, and one that prints "bye" and ends with the code. */
  forever: Partial<DriverSpec>;
  exits(code: number): Partial<DriverSpec>;
  /** What somebody who does not ask us may do. */
  stranger: { kill(id: string): Promise<void>; remove(id: string): Promise<void> };
  /** A port that nothing listens on now. */
  freePort(): Promise<number>;
}

const never = new AbortController().signal;

/** One suite for every adapter: what core relies on, and nothing more. */
export function instanceDriverContract(make: () => Promise<DriverUnderTest>): void {
  let t: DriverUnderTest;
  let driver: InstanceDriver;
  beforeAll(async () => {
    t = await make();
    driver = t.driver;
  });

  const spec = (more: Partial<DriverSpec>): DriverSpec => ({
    id: newId('instance'),
    generation: 3,
    restartNonce: 2,
    specHash: 'hash',
    image: 'image',
    entrypoint: [],
    command: [],
    env: {},
    ports: [],
    cpuMillicores: 1_000,
    memoryMib: 64,
    pids: 64,
    hostname: 'web',
    projectId: 'prj',
    onHostLoss: 'restart',
    ...more,
  });
  const run = async (more: Partial<DriverSpec>) => {
    const made = spec(more);
    await driver.create(made, never);
    await driver.start(made.id, never);
    return made.id;
  };
  const phase = async (id: string) => (await driver.inspect(id))?.phase;

  it('answers a probe', async () => {
    expect(await driver.probe()).toMatchObject({ ok: true });
  });

  it('says so when the image is not there', async () => {
    const made = spec({ ...t.forever, image: `missing@sha256:${'0'.repeat(64)}` });
    await expect(driver.create(made, never)).rejects.toMatchObject({ reason: 'IMAGE_ABSENT' });
    expect(await driver.inspect(made.id)).toBeUndefined();
  });

  it('knows nothing of what it has not made', async () => {
    expect(await driver.inspect(newId('instance'))).toBeUndefined();
  });

  it('creates twice as once, keeps the first, and remembers the marks', async () => {
    const made = spec(t.forever);
    await driver.create(made, never);
    await driver.create({ ...made, generation: 4, specHash: 'other' }, never);
    expect((await driver.list()).filter((i) => i.id === made.id)).toEqual([
      { id: made.id, phase: 'created' },
    ]);
    expect(await driver.inspect(made.id)).toMatchObject({
      generation: 3,
      restartNonce: 2,
      specHash: 'hash',
      phase: 'created',
    });
  });

  it('starts twice as once', async () => {
    const id = await run(t.forever);
    const first = (await driver.inspect(id))?.startedAt;
    await driver.start(id, never);
    expect(await driver.inspect(id)).toMatchObject({ phase: 'running', startedAt: first });
    expect(Math.abs((first?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('refuses to start what does not exist', async () => {
    await expect(driver.start(newId('instance'), never)).rejects.toMatchObject({
      name: 'DriverError',
      reason: 'START_FAILED',
    });
  });

  it('stops twice as once, and can start again', async () => {
    const id = await run(t.forever);
    await driver.stop(id, 5_000, never);
    await driver.stop(id, 5_000, never);
    expect(await phase(id)).toBe('exited');
    await driver.start(id, never);
    expect(await phase(id)).toBe('running');
  });

  it('stops and removes what does not exist', async () => {
    await driver.stop(newId('instance'), 1_000, never);
    await driver.remove(newId('instance'));
  });

  it('removes one that runs', async () => {
    const id = await run(t.forever);
    await driver.remove(id);
    expect(await driver.inspect(id)).toBeUndefined();
  });

  it.each([0, 3])('tells the exit code %i, when it ended, and its last words', async (code) => {
    const id = await run(t.exits(code));
    await until('the exit', async () => (await phase(id)) === 'exited');
    expect(await driver.inspect(id)).toMatchObject({
      exitCode: code,
      finishedAt: expect.any(Date),
      outOfMemory: false,
    });
    expect((await driver.tail(id, 1_000)).length).toBeGreaterThan(0);
    expect((await driver.tail(id, 2)).length).toBeLessThanOrEqual(2);
  });

  it('refuses a host port that is taken, and takes it once it is free', async () => {
    const ports = [{ containerPort: 80, hostPort: await t.freePort(), protocol: 'tcp' as const }];
    const first = await run({ ...t.forever, ports });
    const second = spec({ ...t.forever, ports });
    await driver.create(second, never);
    const refused = await driver.start(second.id, never).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(DriverError);
    expect(refused).toMatchObject({
      reason: 'PORT_TAKEN',
      facts: { problemPort: ports[0]?.hostPort },
      message: expect.stringContaining(String(ports[0]?.hostPort)),
    });
    await driver.remove(first);
    await driver.start(second.id, never);
    expect(await phase(second.id)).toBe('running');
  });

  it('hints at every change, whoever made it', async () => {
    const hints = new Set<string | undefined>();
    const unwatch = driver.watch((id) => hints.add(id));
    const hinted = async (id: string) => {
      await until('a hint', () => hints.has(id), 2_000);
      hints.clear();
    };
    try {
      const id = await run(t.forever);
      await hinted(id);
      await until('quiet', async () => (await phase(id)) === 'running');
      await t.stranger.kill(id);
      await hinted(id);
      await until('the exit', async () => (await phase(id)) === 'exited');
      await t.stranger.remove(id);
      await hinted(id);
      expect(await phase(id)).toBeUndefined();
    } finally {
      unwatch();
    }
  });

  it('does nothing under a signal that has fired', async () => {
    const made = spec(t.forever);
    const fired = AbortSignal.abort(new Error('superseded'));
    await expect(driver.create(made, fired)).rejects.toThrow('superseded');
    expect(await driver.inspect(made.id)).toBeUndefined();
  });
}
