import { credentials, ServerCredentials } from '@grpc/grpc-js';
import { computeV1 } from '@thecloud/api';
import { bitFlips, truncations } from '@thecloud/testkit';
import type { DriverHealth } from '../core/driver';
import { TestCompute } from '../fixtures/compute';
import { until } from '../fixtures/until';
import type { Acknowledgement } from './acknowledgement';
import { Beats } from './beats';
import { inventory, machineCapacity } from './inventory';

let compute: TestCompute;
let client: computeV1.HostAgentServiceClient;
let beats: Beats;
let health: DriverHealth;
let certificateEnd: Date | undefined;
let answers: Acknowledgement[];
let fine: boolean;
const warned: string[] = [];
beforeEach(async () => {
  compute = await new TestCompute(ServerCredentials.createInsecure()).start();
  client = new computeV1.HostAgentServiceClient(`127.0.0.1:${compute.port}`, credentials.createInsecure(), {
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 100,
  });
  health = { ok: true, version: '1' };
  answers = [];
  fine = true;
  const self = { address: '127.0.0.1', agentEndpoint: '127.0.0.1:1', agentVersion: '0' };
  beats = new Beats({
    open: () => client.reportHost(),
    inventory: async () =>
      inventory({ cpuMillicores: 8_500, memoryMib: 4096 }, { name: 'noop', health }, self),
    driverProblem: async () => (health.ok ? '' : health.why),
    unfencedDrivers: ['careless'],
    fence: {
      armedMs: 0,
      orders: () => new Map([['instance/a', 3]]),
      acknowledged: async (answer) => {
        answers.push(answer);
        return fine;
      },
    },
    certificateEndsSoon: () => certificateEnd,
    uptimeMs: () => performance.now(),
    log: { info: () => undefined, warn: (o) => warned.push(String((o as { err: unknown }).err)) },
  });
});
afterEach(() => {
  beats.close();
  client.close();
  compute.stop();
});

it('says hello with what the host is, then beats', async () => {
  compute.placed = ['a', 'b'];
  beats.start();
  const hello = await until('a hello', () => compute.hellos[0]);
  expect(hello.inventory).toMatchObject({
    ...{ vcpus: 8, cpuMillicores: 8_500, memoryMib: 4096 },
    ...{ driver: 'noop', driverVersion: '1' },
  });
  expect(hello.unfencedDrivers).toEqual(['careless']);
  await until('a beat', () => compute.beats.length > 1);
  expect(beats.connected).toBe(true);
  expect(answers[0]).toMatchObject({ greeted: new Map([['instance/a', 3]]), placed: new Set(['a', 'b']) });
  await until('a beat is answered, without what was ordered', () => answers.some((one) => !one.greeted));
});

it('says hello again when the fence needs one', async () => {
  beats.start();
  await until('a beat', () => compute.beats.length > 0);
  fine = false;
  await until('another hello', () => compute.hellos.length > 1);
});

it('takes nothing from a compute that does not say what is placed here', async () => {
  compute.isOld = true;
  beats.start();
  await until('it is said', () => warned.some((text) => text.includes('Upgrade the control plane first')));
  expect(answers).toEqual([]);
});

it("tells of the engine's problem with the beats", async () => {
  beats.start();
  health = { ok: false, why: 'Docker does not answer' };
  await until('the problem', () => compute.beats.some((b) => b.driverProblem === 'Docker does not answer'));
  health = { ok: true, version: '1' };
  await until('it is over', () => compute.beats.at(-1)?.driverProblem === '');
});

it('says by its own clock when it beat', async () => {
  const before = Date.now();
  beats.start();
  const { sentAt } = await until('a beat', () => compute.beats[0]);
  expect(sentAt?.getTime()).toBeGreaterThanOrEqual(before);
  expect(sentAt?.getTime()).toBeLessThanOrEqual(Date.now());
});

it('says when its certificate ends, once that is near', async () => {
  beats.start();
  await until('a beat', () => compute.beats.some((beat) => beat.certificateEndsAt === undefined));
  certificateEnd = new Date('2030-01-01T00:00:00Z');
  await until(
    'the end',
    () => compute.beats.at(-1)?.certificateEndsAt?.getTime() === certificateEnd?.getTime(),
  );
});

it('comes back after compute was away', async () => {
  beats.start();
  await until('a connection', () => beats.connected);
  compute.stop();
  await until('it is noticed', () => !beats.connected);
  const { length } = compute.hellos;
  await compute.start();
  await until('another hello', () => compute.hellos.length > length);
});

it('outlives damaged answers, and comes back', async () => {
  const answer = { beatIntervalMs: 20, fenceAfterMs: 45_000, placed: { ids: ['ins_1', 'ins_2'] } };
  const whole = computeV1.ReportHostResponse.encode(
    computeV1.ReportHostResponse.fromPartial(answer),
  ).finish();
  compute.damaged = [...truncations(whole, 8), ...bitFlips(whole, 8, 3)].map(({ bytes }) => bytes);
  const given = async () => {
    if (beats.connected) {
      compute.stop(); // that one was understood after all: on to the next
      await compute.start();
    }
    return compute.damaged.length === 0;
  };
  beats.start();
  await until('each was given', given, 50_000);
  const before = compute.beats.length;
  await until('beats again', () => beats.connected && compute.beats.length > before + 1);
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
