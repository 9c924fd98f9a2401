import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '@thecloud/kernel';
import { NoopImageDriver } from '../kinds/instance/drivers/image/noop';
import { NoopInstanceDriver } from '../kinds/instance/drivers/noop/noop';
import { TestHost } from '../fixtures/host';
import { noopWatchdog } from '../kinds/instance/watchdog/docker-watchdog';
import { bootId, deadlineFile, hasPassed, killedDir, readDeadline, uptimeMs } from './deadline';
import { Fence } from './fence';

let host: TestHost;
let fence: Fence;
let id: string;
beforeEach(async () => {
  id = newId('instance');
  host = await new TestHost(new NoopInstanceDriver(), new NoopImageDriver()).start();
  fence = await reopened();
});
afterEach(() => host.close());

const answered = (
  fenceAfterMs: number,
  more: { ageMs?: number; greeted?: boolean; placed?: string[] } = {},
) =>
  fence.acknowledged({
    sentAtMs: uptimeMs() - (more.ageMs ?? 0),
    fenceAfterMs,
    ...(more.greeted ? { greeted: fence.orders(), placed: new Set(more.placed ?? [id]) } : {}),
  });
const reopened = () => {
  const { dir: dataDir, journal, kinds } = host;
  return Fence.open({ dataDir, journal, kinds, watchdogs: [noopWatchdog], driverOf: () => 'noop' });
};
const record = (of = id) => {
  const found = host.record(of);
  if (!found) throw new Error('no record');
  return found;
};

it('holds nothing before compute has set a deadline', async () => {
  await host.apply(id, 1);
  expect(fence.armedMs).toBe(0);
  expect(fence.holds(record())).toBe(false);
});

it('counts from the sending of what was answered, and says what is in force', async () => {
  const before = uptimeMs();
  await answered(60_000);
  expect(readDeadline(host.dir)?.atMs).toBeGreaterThanOrEqual(before + 60_000);
  expect(fence.armedMs).toBe(60_000);
  await answered(5_000, { ageMs: 6_000 });
  expect(hasPassed(readDeadline(host.dir))).toBe(true);
});

it('past it holds what may restart elsewhere, not what is kept, stopped or removed', async () => {
  const kept = newId('instance');
  const stopped = newId('instance');
  await host.apply(id, 1);
  await host.apply(kept, 1, { config: { onHostLoss: 'keep' } });
  await host.apply(stopped, 1, { desired: 'stopped' });
  await answered(1, { ageMs: 1_000 });
  expect([id, kept, stopped].map((of) => fence.holds(record(of)))).toEqual([true, false, false]);
});

it('past it only the answer to a hello helps, also after a restart of the agent', async () => {
  await host.apply(id, 1);
  await answered(1, { ageMs: 1_000 });
  fence = await reopened();
  expect(fence.holds(record())).toBe(true);
  expect(await answered(60_000)).toBe(false);
  expect(fence.holds(record())).toBe(true);
  expect(await answered(60_000, { greeted: true })).toBe(true);
  expect(fence.holds(record())).toBe(false);
});

it('never passes once compute says that nobody would take over', async () => {
  await answered(60_000);
  await answered(0);
  expect(readDeadline(host.dir)).toBeUndefined();
  expect(fence.armedMs).toBe(0);
});

it.each([
  ['of another boot', JSON.stringify({ bootId: 'another', atMs: uptimeMs() + 60_000, afterMs: 60_000 })],
  ['that nobody can read', '{'],
  ['without a time', JSON.stringify({ bootId: bootId() })],
])('takes a deadline %s for passed', async (_what, text) => {
  await host.apply(id, 1);
  writeFileSync(deadlineFile(host.dir), text);
  fence = await reopened();
  expect(fence.holds(record())).toBe(true);
});

it('holds what compute says is elsewhere until it is ordered anew', async () => {
  await host.apply(id, 1);
  await answered(60_000, { greeted: true, placed: [] });
  fence = await reopened();
  expect(fence.holds(record())).toBe(true);
  await host.apply(id, 3);
  expect(fence.holds(record())).toBe(false);
});

it('does not hold what came back after the hello was sent', async () => {
  await host.apply(id, 1);
  const greeted = fence.orders();
  await host.apply(id, 3);
  await fence.acknowledged({ sentAtMs: uptimeMs(), greeted, fenceAfterMs: 60_000, placed: new Set() });
  expect(fence.holds(record())).toBe(false);
});

it('has what the watchdog killed started again, whatever its restart policy', async () => {
  await host.apply(id, 1, { config: { restartPolicy: 'never' } });
  await host.observed(id, { phase: 'running' });
  mkdirSync(killedDir(host.dir), { recursive: true });
  writeFileSync(join(killedDir(host.dir), id), '');
  host.fenced = true;
  (host.driver as NoopInstanceDriver).die(id, 137);
  await host.observed(id, { phase: 'exited' });
  host.fenced = false;
  await answered(60_000, { greeted: true });
  host.agent.reconsider();
  await host.observed(id, { phase: 'running', generation: 1 });
});

it('has what is placed elsewhere stopped', async () => {
  await host.apply(id, 1);
  await host.observed(id, { phase: 'running' });
  await answered(60_000, { greeted: true, placed: [] });
  host.agent.reconsider();
  await host.observed(id, { phase: 'exited' });
});

it('holds nothing of a driver that cannot fence: it is never started elsewhere', async () => {
  await host.apply(id, 1);
  Object.assign(host.driver, { canFence: false });
  await answered(1, { ageMs: 1_000 });
  expect(fence.holds(record())).toBe(false);
  Object.assign(host.driver, { canFence: true });
  expect(fence.holds(record())).toBe(true);
});
