import { newId } from '@thecloud/kernel';
import { NoopImageDriver } from './drivers/image/noop';
import { NoopInstanceDriver } from './drivers/noop/noop';
import { TestHost } from '../../fixtures/host';
import { until } from '../../fixtures/until';

let host: TestHost;
let driver: NoopInstanceDriver;
let id: string;
beforeEach(async () => {
  id = newId('instance');
  driver = new NoopInstanceDriver();
  host = await new TestHost(driver, new NoopImageDriver()).start();
});
afterEach(() => host.close());

const phases = () => host.history.map((o) => o.phase);
const startedAt = async () => (await driver.inspect(id))?.startedAt?.getTime();

describe('orders', () => {
  it('answers at once and reports the outcome, in rising sequence', async () => {
    expect(await host.apply(id, 1)).toMatchObject({ instanceId: id, phase: 'absent' });
    await host.observed(id, { phase: 'running', generation: 1 });
    await host.apply(id, 2, { config: { env: { A: '1' } } });
    await host.observed(id, { phase: 'running', generation: 2 });
    expect(phases()).toEqual(['running', 'creating', 'running']);
    const sequences = host.history.map((o) => o.sequence);
    expect(sequences).toEqual([...sequences].sort());
  });

  it('stops, starts again and removes', async () => {
    await host.apply(id, 2, { desired: 'stopped' });
    await host.observed(id, { generation: 2, phase: 'absent' });
    await host.apply(id, 3);
    await host.observed(id, { generation: 3, phase: 'running' });
    await host.apply(id, 4, { desired: 'stopped' });
    await host.observed(id, { generation: 4, phase: 'exited', exitCode: 143, problemReason: '' });
    await host.apply(id, 5);
    await host.observed(id, { generation: 5, phase: 'running' });
    await host.apply(id, 6, { desired: 'absent', config: undefined });
    await host.observed(id, { generation: 6, phase: 'absent' });
    expect(await driver.list()).toEqual([]);
  });

  it('never shows an order as carried out before it is', async () => {
    await host.apply(id, 1);
    await host.observed(id, { phase: 'running' });
    const first = await startedAt();
    expect(await host.apply(id, 2, { restartNonce: 1 })).toMatchObject({ generation: 1, phase: 'running' });
    const restarted = await host.observed(id, { generation: 2, phase: 'running', restartCount: 0 });
    expect(restarted.startedAt?.getTime()).toBeGreaterThanOrEqual((await startedAt()) ?? Infinity);
    expect(await startedAt()).toBeGreaterThanOrEqual(first ?? Infinity);
  });

  it('replaces it for another spec, and leaves it alone for another policy or name', async () => {
    await host.apply(id, 1);
    await host.observed(id, { phase: 'running' });
    const before = await driver.inspect(id);
    await host.apply(id, 2, { config: { restartPolicy: 'never', hostname: 'other' } });
    await host.observed(id, { generation: 2, phase: 'running' });
    expect(await driver.inspect(id)).toEqual(before);
    await host.apply(id, 3, { config: { env: { A: '1' } } });
    await host.observed(id, { generation: 3, phase: 'running' });
    expect(await driver.inspect(id)).toMatchObject({ generation: 3, phase: 'running' });
  });

  it('runs a job once an order', async () => {
    const config = { restartPolicy: 'never' as const, env: { NOOP_EXIT_CODE: '0' } };
    await host.apply(id, 1, { config });
    const { startedAt: first } = await host.observed(id, { phase: 'exited', exitCode: 0, problemReason: '' });
    await host.restart();
    await host.observed(id, { phase: 'exited', startedAt: first, restartCount: 0 });
    host.history.length = 0;
    await host.apply(id, 2, { config });
    await until('it ran again', () => host.history.some((o) => o.generation === 2 && o.phase === 'exited'));
  });

  it('carries out hundreds at once', async () => {
    const ids = Array.from({ length: 300 }, () => newId('instance'));
    await Promise.all(ids.map((each) => host.apply(each, 1)));
    await until('all run', () => host.list().filter((o) => o.phase === 'running').length === ids.length);
  });
});

describe('strangers', () => {
  const running = async (restartPolicy: 'always' | 'on-failure' | 'never') => {
    await host.apply(id, 1, { config: { restartPolicy } });
    await host.observed(id, { phase: 'running' });
    await until('the hints are used up', () => host.seen(id).generation === 1);
  };

  it.each([
    ['always', 0],
    ['always', 137],
    ['on-failure', 137],
  ] as const)('runs again under %s after code %i', async (policy, code) => {
    await running(policy);
    driver.die(id, code);
    await host.observed(id, { phase: 'running', restartCount: 1, generation: 1 }, 2_000);
  });

  it.each([
    ['on-failure', 0],
    ['never', 137],
  ] as const)('stays as it is under %s after code %i', async (policy, code) => {
    await running(policy);
    driver.die(id, code);
    await host.observed(id, { phase: 'exited', exitCode: code, restartCount: 0 }, 2_000);
  });

  it('is made again under always when removed', async () => {
    await running('always');
    driver.vanish(id);
    await until('it is there', async () => (await driver.inspect(id))?.phase === 'running', 2_000);
  });

  it.each(['on-failure', 'never'] as const)(
    'is told as removed under %s, until ordered again',
    async (policy) => {
      await running(policy);
      driver.vanish(id);
      await host.observed(id, { phase: 'exited', problemReason: 'REMOVED', generation: 1 }, 2_000);
      await host.apply(id, 2, { config: { restartPolicy: policy } });
      await host.observed(id, { phase: 'running', problemReason: '', generation: 2 });
    },
  );

  it('waits longer and longer for what keeps ending, and shows its last words', async () => {
    await host.apply(id, 1, { config: { env: { NOOP_EXIT_CODE: '3' } } });
    const seen = await host.observed(id, { phase: 'exited', problemReason: 'START_FAILED' });
    expect(seen.problemMessage).toMatch(/ended with code 3 after 0\.0 s\. It is started again.*\nexit 3/s);
    expect(seen.restartCount).toBe(1);
  });

  it('is found by the resync when no event told of it', async () => {
    await host.close();
    const deaf = Object.assign(new NoopInstanceDriver(), { watch: () => () => undefined });
    driver = deaf;
    host = await new TestHost(deaf, new NoopImageDriver(), {}, 50).start();
    await running('always');
    driver.die(id, 1);
    await host.observed(id, { phase: 'running', restartCount: 1 }, 2_000);
  });
});

describe('failures', () => {
  it('tells of a missing image, and recovers with the next order', async () => {
    await host.apply(id, 1, { config: { image: 'missing@sha256:0' } });
    await host.observed(id, { phase: 'failed', generation: 1, problemReason: 'IMAGE_MISSING' });
    await host.apply(id, 2);
    await host.observed(id, { phase: 'running', generation: 2, problemReason: '' });
  });

  it('tells of a taken port after a few quiet attempts, and starts once it is free', async () => {
    const ports = [{ containerPort: 80, hostPort: 8081, protocol: 'tcp' as const }];
    const other = newId('instance');
    await host.apply(other, 1, { config: { ports } });
    await host.observed(other, { phase: 'running' });
    await host.apply(id, 1, { config: { ports } });
    await host.observed(id, { phase: 'failed', problemReason: 'PORT_TAKEN', problemPort: 8081 });
    await host.apply(other, 2, { desired: 'absent' });
    await host.observed(id, { phase: 'running', problemReason: '' });
    expect(host.history.filter((o) => o.instanceId === id && o.phase === 'failed')).toHaveLength(1);
  });

  it('keeps the last facts while the engine is out, and catches up by itself', async () => {
    await host.apply(id, 1);
    await host.observed(id, { phase: 'running' });
    driver.outage('Docker does not answer');
    await host.apply(id, 2, { desired: 'stopped' });
    await host.observed(id, { phase: 'running', generation: 1, problemReason: 'DRIVER_UNAVAILABLE' });
    driver.outage('');
    await host.observed(id, { phase: 'exited', generation: 2, problemReason: '' });
  });

  it('starts without an engine, says so, and adopts what runs when it is back', async () => {
    await host.apply(id, 1);
    await host.observed(id, { phase: 'running' });
    const first = await startedAt();
    driver.outage('gone');
    await host.restart();
    await host.observed(id, { problemReason: 'DRIVER_UNAVAILABLE' });
    driver.outage('');
    await host.observed(id, { phase: 'running', problemReason: '' });
    expect(await startedAt()).toBe(first);
  });
});

describe('restart of the agent', () => {
  it('adopts what runs without touching it, and its sequence goes on', async () => {
    await host.apply(id, 1);
    const { sequence } = await host.observed(id, { phase: 'running' });
    const before = await driver.inspect(id);
    await host.restart();
    expect(host.list()).toEqual([
      expect.objectContaining({ instanceId: id, phase: 'running', generation: 1 }),
    ]);
    expect(host.seen(id).sequence).toBeGreaterThan(sequence);
    expect(await driver.inspect(id)).toEqual(before);
  });

  it('finishes what is half made, and starts what died meanwhile', async () => {
    await host.apply(id, 1);
    await host.observed(id, { phase: 'running' });
    const half = newId('instance');
    await host.agent.close();
    driver.die(id, 255);
    const order = host.order(half, 1);
    await host.journal.update(order, () => ({ order }));
    await host.journal.close();
    await host.start();
    await host.observed(half, { phase: 'running' });
    await host.observed(id, { phase: 'running' });
  });

  it('obeys no older order after it', async () => {
    await host.apply(id, 5, { epoch: 9n, desired: 'absent' });
    await host.restart();
    await expect(host.apply(id, 4, { epoch: 9n })).rejects.toMatchObject({ reason: 'STALE_GENERATION' });
    await expect(host.apply(newId('instance'), 1, { epoch: 8n })).rejects.toMatchObject({
      reason: 'STALE_EPOCH',
    });
  });

  it('forgets an absent instance after a day', async () => {
    await host.apply(id, 1, { desired: 'absent' });
    await host.observed(id, { phase: 'absent', generation: 1 });
    await until('the end is journaled', () => host.record(id)?.goneAt);
    host.later = 25 * 3_600_000;
    driver.outage(''); // has everything looked at anew
    await until('it is forgotten', () => host.record(id) === undefined);
    expect(host.list()).toEqual([]);
  });
});

describe('orphans', () => {
  const orphan = async () => {
    const order = host.order(id, 4);
    const { config } = order.spec;
    if (!config) throw new Error('no config');
    const spec = { ...config, id, generation: order.generation, restartNonce: 0, specHash: 'unknown' };
    await driver.create(spec, new AbortController().signal);
    await driver.start(id, new AbortController().signal);
  };

  it('are told with generation 0 and left alone', async () => {
    await orphan();
    await host.observed(id, { generation: 0, phase: 'running' });
    expect(host.logged).toContainEqual(expect.objectContaining({ level: 'warn', instance: id }));
    await host.restart();
    await host.observed(id, { generation: 0, phase: 'running' });
    driver.vanish(id);
    await until('it is gone from the list', () => host.list().length === 0);
  });

  it('are removed when compute says so', async () => {
    await orphan();
    await host.observed(id, { generation: 0 });
    await host.apply(id, 4, { desired: 'absent' });
    await host.observed(id, { generation: 4, phase: 'absent' });
    expect(await driver.list()).toEqual([]);
  });
});
