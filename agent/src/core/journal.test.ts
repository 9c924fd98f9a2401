import { newId } from '@thecloud/kernel';
import { bitFlips, readEach, truncations } from '@thecloud/testkit';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accept } from './accept';
import { Journal } from './journal';
import { journalFile } from './journal-lines';
import type { Order } from '../kinds/instance/spec';

const id = newId('instance');
const config = {
  ...{
    image: 'i',
    entrypoint: [],
    command: [],
    env: { SECRET: 'x' },
    ports: [],
    restartPolicy: 'always' as const,
  },
  ...{
    cpuMillicores: 1_000,
    memoryMib: 64,
    pids: 64,
    hostname: 'h',
    projectId: 'p',
    onHostLoss: 'restart' as const,
  },
};
const order = (more: Partial<Order> = {}): Order => ({
  ...{
    instanceId: id,
    generation: 2,
    epoch: 7n,
    desired: 'running',
    config,
    restartNonce: 0,
    graceSeconds: 10,
    ...more,
  },
});

let dir: string;
let corrupt: string[];
let opened: Journal[];
const open = async (now?: number) => {
  const journal = await Journal.open(dir, (file, why) => corrupt.push(`${file}: ${why}`), now);
  opened.push(journal);
  return journal;
};
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'journal-'));
  corrupt = [];
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((journal) => journal.close()));
  rmSync(dir, { recursive: true });
});
const file = () => journalFile(dir);
/** As an agent journaled it that counted whole vCPUs, and knew no entrypoint. */
const older = (config: object) => {
  const { cpuMillicores: _, entrypoint: __, ...rest } = config as Record<string, unknown>;
  return { ...rest, vcpus: 1 };
};
const lines = () => readFileSync(file(), 'utf8').split('\n').slice(0, -1);

it('remembers orders and the newest epoch, for its owner only', async () => {
  const journal = await open();
  expect(await accept(journal, order())).toBe(true);
  const again = await open();
  expect(again.get(id)).toEqual({ order: order(), restartCount: 0 });
  expect(again.epoch).toBe(7n);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

it('counts its openings upwards, even with a clock that went back', async () => {
  const first = (await open(5_000_000)).boot;
  expect(first).toBe(5_000);
  expect((await open(1_000)).boot).toBe(5_001);
});

it('takes the same order again as no news', async () => {
  const journal = await open();
  await accept(journal, order());
  expect(await accept(journal, order({ epoch: 8n }))).toBe(false);
  expect(journal.epoch).toBe(8n);
});

it.each([
  ['an older leader', order({ epoch: 6n, generation: 3 }), 'STALE_EPOCH'],
  ['an older generation', order({ generation: 1 }), 'STALE_GENERATION'],
  ['another wish under the same generation', order({ desired: 'stopped' }), 'GENERATION_REUSED'],
])('refuses %s', async (_, late, reason) => {
  const journal = await open();
  await accept(journal, order());
  await expect(accept(journal, late)).rejects.toMatchObject({
    code: 'FAILED_PRECONDITION',
    domain: 'agent.thecloud',
    reason,
  });
  expect((await open()).get(id)?.order).toEqual(order());
});

it('refuses a late order to run after the one to be absent', async () => {
  const journal = await open();
  await accept(journal, order({ generation: 3, desired: 'absent', config: undefined }));
  await expect(accept(await open(), order())).rejects.toMatchObject({ reason: 'STALE_GENERATION' });
});

it('lets the newest of many orders at once win', async () => {
  const journal = await open();
  const results = await Promise.allSettled(
    [4, 2, 5, 3].map((generation) => accept(journal, order({ generation }))),
  );
  expect(results.map((r) => r.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
  expect((await open()).get(id)?.order.generation).toBe(5);
});

it.each([
  ['no JSON', '{"vers'],
  ['another version', '{"version":2,"order":{}}'],
  ['no instance', '{"version":1,"order":{"generation":1},"restartCount":0}'],
  ['what a disk made of it', '\0\0\0'],
])('sets a line aside that is %s, with all that it may have outdated', async (_, spoilt) => {
  const before = order({ instanceId: newId('instance') });
  const journal = await open();
  await accept(journal, before);
  appendFileSync(file(), `${spoilt}\n`);
  await accept(journal, order());
  const again = await open();
  expect(again.all().map((r) => r.order.instanceId)).toEqual([id]);
  expect(again.epoch).toBe(7n);
  expect(again.boot).toBeGreaterThan(journal.boot);
  expect(corrupt).toEqual([expect.stringContaining('journal.jsonl.corrupt')]);
  expect(readFileSync(`${file()}.corrupt`, 'utf8')).toBe(`${spoilt}\n`);
  await open();
  expect(corrupt).toHaveLength(1);
});

it('throws away a write that a crash cut short, and goes on behind it', async () => {
  await accept(await open(), order());
  appendFileSync(file(), '{"ver');
  const journal = await open();
  expect(journal.get(id)?.order).toEqual(order());
  await accept(journal, order({ generation: 3 }));
  expect((await open()).get(id)?.order.generation).toBe(3);
  expect(corrupt).toEqual([]);
});

it('says what many orders at once come to', async () => {
  const journal = await open();
  const ids = Array.from({ length: 2_000 }, () => newId('instance'));
  await Promise.all(ids.map((instanceId) => accept(journal, order({ instanceId }))));
  await Promise.all(ids.slice(1).map((gone) => journal.update(gone, () => undefined)));
  expect((await open()).all().map((r) => r.order.instanceId)).toEqual(ids.slice(0, 1));
});

it('is written anew when most of it is outdated', async () => {
  const journal = await open();
  await accept(journal, order());
  const text = 'x'.repeat(300_000);
  for (let n = 3; n < 12; n++)
    await accept(journal, order({ generation: n, config: { ...config, env: { SECRET: text } } }));
  expect(lines().length).toBeLessThan(6);
  expect((await open()).get(id)?.order.generation).toBe(11);
});

it('reads what was journaled before there were thousandths of a vCPU and entrypoints, as the same wish', async () => {
  const record = { version: 1, order: { ...order(), epoch: '7', config: older(config) }, restartCount: 0 };
  appendFileSync(file(), `${JSON.stringify(record)}\n`);
  const journal = await open();
  expect(journal.get(id)?.order.config).toEqual({ ...config, cpuMillicores: 1_000, entrypoint: [] });
  expect(await accept(journal, order({ epoch: 8n }))).toBe(false);
  expect(corrupt).toEqual([]);
});

it('takes nothing for an order that was not one, whatever bits of its file have flipped', async () => {
  const other = newId('instance');
  const journal = await open();
  await accept(journal, order());
  await accept(journal, order({ instanceId: other, epoch: 12n }));
  const whole = readFileSync(file());
  const given = new Map(journal.all().map((record) => [record.order.instanceId, record]));
  const readings = await readEach([...truncations(whole), ...bitFlips(whole, 300, 11)], async (bytes) => {
    writeFileSync(file(), bytes);
    const again = await open();
    for (const record of again.all()) expect(record).toEqual(given.get(record.order.instanceId));
    expect([0n, 7n, 12n]).toContain(again.epoch);
    expect(again.boot).toBeGreaterThanOrEqual(journal.boot);
  });
  expect(readings.filter(({ error }) => error)).toEqual([]);
});

it('reads lines that an earlier agent wrote, without a checksum', async () => {
  await accept(await open(), order());
  writeFileSync(
    file(),
    `${lines()
      .map((line) => line.split('\t')[0])
      .join('\n')}\n`,
  );
  expect((await open()).get(id)?.order).toEqual(order());
  expect(corrupt).toEqual([]);
});
