import { credentials, ServerCredentials } from '@grpc/grpc-js';
import { computeV1 } from '@thecloud/api';
import { bitFlips, truncations } from '@thecloud/testkit';
import { TestCompute } from '../fixtures/compute';
import { until } from '../fixtures/until';
import type { DriverHealth } from '../kinds/instance/ports/instance-driver';
import { observedFrom } from '../kinds/instance/codec';
import { inventory, machineCapacity } from './inventory';
import { Observations } from '../core/observations';
import type { Facts } from '../core/observations';
import { Reporter } from './beats';

const facts = (instanceId: string, more: Partial<Facts> = {}): Facts => ({
  ...{ instanceId, generation: 1, phase: 'running', exitCode: 0, restartCount: 0 },
  ...{ problemReason: '', problemMessage: '', progress: '', ...more },
});

let compute: TestCompute;
let client: computeV1.HostAgentServiceClient;
let observations: Observations;
let reporter: Reporter;
let health: DriverHealth;
let certificateEnd: Date | undefined;
beforeEach(async () => {
  compute = await new TestCompute(ServerCredentials.createInsecure()).start();
  client = new computeV1.HostAgentServiceClient(`127.0.0.1:${compute.port}`, credentials.createInsecure(), {
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 100,
  });
  observations = new Observations(1);
  health = { ok: true, version: '1' };
  const self = { address: '127.0.0.1', agentEndpoint: '127.0.0.1:1', agentVersion: '0' };
  reporter = new Reporter({
    open: () => client.reportHost(),
    inventory: async () =>
      inventory({ cpuMillicores: 8_500, memoryMib: 4096 }, { kind: 'noop', health }, self),
    health: async () => health,
    observations,
    everything: () => observations.all(),
    fence: { armedMs: 0, orders: () => new Map(), acknowledged: async () => true },
    certificateEndsSoon: () => certificateEnd,
    uptimeMs: () => performance.now(),
    toWire: observedFrom,
    log: { info: () => undefined, warn: () => undefined },
  });
});
afterEach(() => {
  reporter.close();
  client.close();
  compute.stop();
});

it('says hello with everything, then beats and tells every change at once', async () => {
  observations.publish(facts('a'));
  reporter.start();
  const hello = await until('a hello', () => compute.hellos[0]);
  expect(hello.inventory).toMatchObject({
    ...{ vcpus: 8, cpuMillicores: 8_500, memoryMib: 4096 },
    ...{ driver: 'noop', driverVersion: '1' },
  });
  expect(hello.instances).toEqual([expect.objectContaining({ instanceId: 'a', phase: 'running' })]);
  await until('a beat', () => compute.beats.length > 1);
  observations.publish(facts('b', { phase: 'exited', exitCode: 3 }));
  await until('the change', () => compute.observed.some((o) => o.instanceId === 'b' && o.exitCode === 3));
  expect(reporter.connected).toBe(true);
});

it('says hello with more than fits into a message, and tells what changes meanwhile afterwards', async () => {
  for (let i = 0; i < 100_000; i += 1) observations.publish(facts(`gone-${i}`, { phase: 'absent' }));
  reporter.start();
  await until('a hello', () => compute.hellos[0]);
  observations.publish(facts('gone-7', { generation: 2 }));
  await until('the change', () => compute.observed.some((o) => o.instanceId === 'gone-7'));
  expect(new Set(compute.hellos[0]?.instances.map(({ instanceId }) => instanceId)).size).toBe(100_000);
});

it("tells of the engine's problem with the beats", async () => {
  reporter.start();
  health = { ok: false, why: 'Docker does not answer' };
  await until('the problem', () => compute.beats.some((b) => b.driverProblem === 'Docker does not answer'));
  health = { ok: true, version: '1' };
  await until('it is over', () => compute.beats.at(-1)?.driverProblem === '');
});

it('says by its own clock when it beat', async () => {
  const before = Date.now();
  reporter.start();
  const { sentAt } = await until('a beat', () => compute.beats[0]);
  expect(sentAt?.getTime()).toBeGreaterThanOrEqual(before);
  expect(sentAt?.getTime()).toBeLessThanOrEqual(Date.now());
});

it('says when its certificate ends, once that is near', async () => {
  reporter.start();
  await until('a beat', () => compute.beats.some((beat) => beat.certificateEndsAt === undefined));
  certificateEnd = new Date('2030-01-01T00:00:00Z');
  await until(
    'the end',
    () => compute.beats.at(-1)?.certificateEndsAt?.getTime() === certificateEnd?.getTime(),
  );
});

it('comes back after compute was away, with what happened meanwhile', async () => {
  reporter.start();
  await until('a connection', () => reporter.connected);
  compute.stop();
  await until('it is noticed', () => !reporter.connected);
  observations.publish(facts('a', { phase: 'exited' }));
  await compute.start();
  await until('a second hello', () => compute.hellos.length === 2);
  expect(compute.hellos[1]?.instances).toEqual([
    expect.objectContaining({ instanceId: 'a', phase: 'exited' }),
  ]);
});

it('tells the newest of many changes, whatever it leaves out', async () => {
  reporter.start();
  await until('a connection', () => reporter.connected);
  for (let count = 1; count <= 5_000; count++) observations.publish(facts('a', { restartCount: count }));
  await until('the last one', () => compute.observed.at(-1)?.restartCount === 5_000);
  const told = compute.observed.map((o) => o.sequence);
  expect(told).toEqual([...told].sort((a, b) => Number(a - b)));
});

it('outlives damaged answers, and comes back', async () => {
  const answer = { beatIntervalMs: 20, fenceAfterMs: 45_000, notHere: ['ins_1', 'ins_2'] };
  const whole = computeV1.ReportHostResponse.encode(
    computeV1.ReportHostResponse.fromPartial(answer),
  ).finish();
  compute.damaged = [...truncations(whole, 8), ...bitFlips(whole, 8, 3)].map(({ bytes }) => bytes);
  const given = async () => {
    if (reporter.connected) {
      compute.stop(); // that one was understood after all: on to the next
      await compute.start();
    }
    return compute.damaged.length === 0;
  };
  reporter.start();
  await until('each was given', given, 50_000);
  const { beats } = compute;
  const before = beats.length;
  await until('beats again', () => reporter.connected && compute.beats.length > before + 1);
}, 60_000);

it('keeps a part of the machine for itself', () => {
  const machine = { cpus: 2, memory: 24 * 2 ** 30 };
  expect(machineCapacity({ cpuOvercommit: 4 }, machine)).toEqual({
    cpuMillicores: 8_000,
    memoryMib: 24_576 - 2_458,
  });
  expect(machineCapacity({ cpuOvercommit: 1, memoryReserveMib: 0 }, machine)).toEqual({
    cpuMillicores: 2_000,
    memoryMib: 24_576,
  });
  expect(machineCapacity({ cpuOvercommit: 1 }, { cpus: 1, memory: 2 ** 29 })).toEqual({
    cpuMillicores: 1_000,
    memoryMib: 0,
  });
});
