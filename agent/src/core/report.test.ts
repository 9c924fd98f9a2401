import { credentials, ServerCredentials } from '@grpc/grpc-js';
import { agentV1 } from '@thecloud/api';
import { bitFlips, truncations } from '@thecloud/testkit';
import { TestCompute } from '../fixtures/compute';
import { until } from '../fixtures/until';
import { Observations } from './observations';
import type { Sighting } from './observations';
import { Reporter } from './report';

const thing = (id: string, more: Partial<Sighting> = {}): Sighting => ({
  ...{ kind: 'volume', id, generation: 1, driver: 'files', phase: 'present' },
  ...{ problemReason: '', problemMessage: '', progress: '', facts: undefined, ...more },
});

let compute: TestCompute;
let client: agentV1.ReportServiceClient;
let observations: Observations;
let reporter: Reporter;
const made = (answerMs = 30_000) =>
  new Reporter({
    owner: 'storage',
    reports: (kind) => kind === 'volume',
    open: () => client.report(),
    observations,
    toWire: (o) => ({ ...o, facts: Buffer.alloc(0) }),
    log: { info: () => undefined, warn: () => undefined },
    askMs: 20,
    answerMs,
  });
beforeEach(async () => {
  compute = await new TestCompute(ServerCredentials.createInsecure()).start();
  client = new agentV1.ReportServiceClient(`127.0.0.1:${compute.port}`, credentials.createInsecure(), {
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 100,
  });
  observations = new Observations(7, () => true);
  reporter = made();
});
afterEach(() => {
  reporter.close();
  client.close();
  compute.stop();
});

const told = () => compute.observed.map(({ id }) => id);

it('tells all of its kinds, then every change, and nothing of others', async () => {
  observations.publish(thing('a'));
  observations.publish(thing('x', { kind: 'instance' }));
  reporter.start();
  await until('all is told', () => compute.completed === 1);
  expect(compute.openings[0]?.since).toBe(7n << 20n);
  expect(told()).toEqual(['a']);
  observations.publish(thing('y', { kind: 'instance' }));
  observations.publish(thing('b', { phase: 'failed', problemReason: 'NO_ROOM' }));
  await until('the change', () => told().includes('b'));
  expect(told()).toEqual(['a', 'b']);
  expect(compute.observed[1]).toMatchObject({ phase: 'failed', problemReason: 'NO_ROOM' });
});

it('tells 100,000 in pages, and once more only what is newer than what was stored', async () => {
  const most = 100_000;
  for (let i = 0; i < most; i += 1) observations.publish(thing(`gone-${i}`, { phase: 'absent' }));
  reporter.start();
  await until('all is told', () => compute.completed === 1, 40_000);
  expect(new Set(told()).size).toBe(most);
  compute.stop();
  await until('it is noticed', () => !reporter.connected);
  observations.publish(thing('gone-7', { generation: 2 }));
  compute.observed.length = 0;
  await compute.start();
  await until('all is told', () => compute.completed === 2);
  expect(compute.observed).toEqual([expect.objectContaining({ id: 'gone-7', generation: 2 })]);
}, 60_000);

it('goes on in the middle of its pages', async () => {
  for (let i = 0; i < 3_000; i += 1) observations.publish(thing(`v-${i}`));
  const all = observations.all();
  compute.stored = all[1_999]?.sequence ?? 0n; // an earlier stream broke here
  reporter.start();
  await until('all is told', () => compute.completed === 1);
  expect(told()).toEqual(all.slice(2_000).map(({ id }) => id));
});

it('tells a service that lost what it had stored all again', async () => {
  observations.publish(thing('a'));
  reporter.start();
  await until('all is told', () => compute.completed === 1);
  compute.stop();
  compute.stored = 0n; // its database was restored
  compute.observed.length = 0;
  await compute.start();
  await until('all is told', () => compute.completed === 2);
  expect(told()).toEqual(['a']);
});

it('tells the newest of many changes, in rising sequence, whatever it leaves out', async () => {
  reporter.start();
  await until('a connection', () => reporter.connected);
  for (let count = 1; count <= 5_000; count++) {
    observations.publish(thing('a', { progress: String(count) }));
    observations.publish(thing(`b${count % 700}`, { progress: String(count) }));
  }
  await until('the last one', () => compute.observed.at(-1)?.progress === '5000');
  const sequences = compute.observed.map((o) => o.sequence);
  expect(sequences).toEqual([...sequences].sort((a, b) => Number(a - b)));
});

it('opens another stream to a service that takes reports and does not store them', async () => {
  reporter = made(200);
  reporter.start();
  await until('a connection', () => reporter.connected);
  compute.hangs = true;
  observations.publish(thing('a'));
  await until('another stream', () => compute.openings.length > 1);
  compute.hangs = false;
  await until('it is told there', () => compute.openings.length > 2 && compute.completed > 1);
});

it('outlives damaged answers, and comes back', async () => {
  const whole = agentV1.ReportResponse.encode({ stored: 1n << 27n }).finish();
  compute.damagedReports = [...truncations(whole, 4), ...bitFlips(whole, 12, 5)].map(({ bytes }) => bytes);
  reporter.start();
  await until('each was given', () => compute.damagedReports.length === 0 || void compute.cut(), 50_000);
  observations.publish(thing('late'));
  compute.stored = 0n;
  compute.cut();
  await until('it reports again', () => told().includes('late'));
}, 60_000);
