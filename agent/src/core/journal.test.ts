import { newId } from '@thecloud/kernel';
import { bitFlips, readEach, truncations } from '@thecloud/testkit';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { CONTROLLER, KIND } from '../kinds/instance/names';
import { InstanceKind } from '../kinds/instance/instance.kind';
import { InstanceDrivers } from '../kinds/instance/ports/instance-drivers';
import { fromRelease010 } from '../kinds/instance/release-0.1.0';
import type { InstanceConfig, InstanceOrder, InstanceSpec } from '../kinds/instance/spec';
import { accept as acceptAs } from './accept';
import { Journal } from './journal';
import { journalFile } from './journal-lines';
import type { Order } from './order';

const id = newId('instance');
const ref = { kind: KIND, id };
const config: InstanceConfig = {
  ...{ image: 'i', entrypoint: [], command: [], env: { SECRET: 'x' }, ports: [], restartPolicy: 'always' },
  ...{ cpuMillicores: 1_000, memoryMib: 64, pids: 64, hostname: 'h', projectId: 'p', onHostLoss: 'restart' },
};
const spec: InstanceSpec = { config, restartNonce: 0, graceSeconds: 10 };
const order = (more: Partial<InstanceOrder> = {}): InstanceOrder => ({
  ...{ ...ref, controller: CONTROLLER, generation: 2, epoch: 7n, desired: 'running', driver: 'noop', spec },
  ...more,
});
const gone: InstanceSpec = { restartNonce: 0, graceSeconds: 10 };
const kind = new InstanceKind(new InstanceDrivers([]));
const accept = (journal: Journal, given: Order) => acceptAs(journal, kind, given);

let dir: string;
let corrupt: string[];
let opened: Journal[];
const open = async (now?: number) => {
  const journal = await Journal.open(dir, {
    onCorrupt: (file, why) => corrupt.push(`${file}: ${why}`),
    modernize: fromRelease010,
    ...(now === undefined ? {} : { now }),
  });
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
const lines = () => readFileSync(file(), 'utf8').split('\n').slice(0, -1);

it('remembers orders and the newest epoch, for its owner only', async () => {
  const journal = await open();
  expect(await accept(journal, order())).toBe(true);
  const again = await open();
  expect(again.get(ref)).toEqual({ order: order() });
  expect(again.epoch(CONTROLLER)).toBe(7n);
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
  expect(journal.epoch(CONTROLLER)).toBe(8n);
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
  expect((await open()).get(ref)?.order).toEqual(order());
});

it('refuses a late order to run after the one to be absent', async () => {
  const journal = await open();
  await accept(journal, order({ generation: 3, desired: 'absent', spec: gone }));
  await expect(accept(await open(), order())).rejects.toMatchObject({ reason: 'STALE_GENERATION' });
});

it('lets the newest of many orders at once win', async () => {
  const journal = await open();
  const results = await Promise.allSettled(
    [4, 2, 5, 3].map((generation) => accept(journal, order({ generation }))),
  );
  expect(results.map((r) => r.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
  expect((await open()).get(ref)?.order.generation).toBe(5);
});

it.each([
  ['no JSON', '{"vers'],
  ['another version', '{"version":3,"order":{}}'],
  ['no kind', '{"version":2,"order":{"id":"ins","generation":1}}'],
  ['no instance, of the release before', '{"version":1,"order":{"generation":1},"restartCount":0}'],
  ['what a disk made of it', '\0\0\0'],
])('sets a line aside that is %s, with all that it may have outdated', async (_, spoilt) => {
  const before = order({ id: newId('instance') });
  const journal = await open();
  await accept(journal, before);
  appendFileSync(file(), `${spoilt}\n`);
  await accept(journal, order());
  const again = await open();
  expect(again.all().map((r) => r.order.id)).toEqual([id]);
  expect(again.epoch(CONTROLLER)).toBe(7n);
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
  expect(journal.get(ref)?.order).toEqual(order());
  await accept(journal, order({ generation: 3 }));
  expect((await open()).get(ref)?.order.generation).toBe(3);
  expect(corrupt).toEqual([]);
});

it('says what many orders at once come to', async () => {
  const journal = await open();
  const ids = Array.from({ length: 2_000 }, () => newId('instance'));
  await Promise.all(ids.map((one) => accept(journal, order({ id: one }))));
  await Promise.all(ids.slice(1).map((one) => journal.update({ kind: KIND, id: one }, () => undefined)));
  expect((await open()).all().map((r) => r.order.id)).toEqual(ids.slice(0, 1));
});

it('is written anew when most of it is outdated', async () => {
  const journal = await open();
  await accept(journal, order());
  const text = 'x'.repeat(300_000);
  for (let n = 3; n < 12; n++)
    await accept(
      journal,
      order({ generation: n, spec: { ...spec, config: { ...config, env: { SECRET: text } } } }),
    );
  expect(lines().length).toBeLessThan(6);
  expect((await open()).get(ref)?.order.generation).toBe(11);
});

it('keeps an epoch for each controller: two leaders never outdate each other', async () => {
  const journal = await open();
  const volume = { controller: 'storage/volume', id: newId('instance') };
  await accept(journal, order({ epoch: 900n }));
  await accept(journal, order({ ...volume, epoch: 3n }));
  await expect(accept(journal, order({ ...volume, epoch: 2n }))).rejects.toMatchObject({
    reason: 'STALE_EPOCH',
  });
  const again = await open();
  expect([again.epoch(CONTROLLER), again.epoch('storage/volume')]).toEqual([900n, 3n]);
  await expect(accept(again, order({ ...volume, epoch: 2n, generation: 9 }))).rejects.toMatchObject({
    reason: 'STALE_EPOCH',
  });
  await accept(again, order({ ...volume, epoch: 3n, generation: 9 }));
});

describe('of release 0.1.0', () => {
  const absent = newId('instance');
  const forgotten = newId('instance');
  /** As its agents wrote it. */
  const line = (fact: object) => {
    const json = JSON.stringify(fact);
    return `${json}\t${crc32(json).toString(16)}\n`;
  };
  const old = (instanceId: string, more: object = {}) => ({
    ...{ instanceId, generation: 2, epoch: '7', desired: 'running', restartNonce: 4, graceSeconds: 10 },
    config,
    ...more,
  });
  const write = () =>
    writeFileSync(
      file(),
      [
        { boot: 5 },
        { epoch: '7' },
        { version: 1, order: old(id), done: { generation: 2, restartNonce: 4 }, restartCount: 3 },
        { version: 1, order: old(forgotten), restartCount: 0 },
        { forgotten },
        {
          version: 1,
          order: old(absent, { desired: 'absent', config: undefined }),
          restartCount: 0,
          goneAt: 12,
        },
      ]
        .map(line)
        .join(''),
    );

  it('is read as it was meant, and written anew', async () => {
    write();
    const journal = await open();
    expect(journal.boot).toBeGreaterThan(5);
    expect(journal.epoch(CONTROLLER)).toBe(7n);
    expect(journal.all().map(({ order: { id: one } }) => one)).toEqual([id, absent]);
    expect(journal.get(ref)).toMatchObject({ done: 2, state: { restartCount: 3, restartNonce: 4 } });
    expect(journal.get({ kind: KIND, id: absent })).toMatchObject({
      goneAt: 12,
      order: { desired: 'absent' },
    });
    await journal.renew();
    expect(readFileSync(file(), 'utf8')).not.toContain('"version":1');
    const again = await open();
    expect(again.all()).toEqual(journal.all());
    expect(again.epoch(CONTROLLER)).toBe(7n);
    expect(corrupt).toEqual([]);
  });

  it('has the same wishes, also those from before thousandths of a vCPU and entrypoints', async () => {
    write();
    const { cpuMillicores: _, entrypoint: __, ...rest } = config;
    const oldest = newId('instance');
    const record = { version: 1, order: old(oldest, { config: { ...rest, vcpus: 1 } }), restartCount: 0 };
    appendFileSync(file(), `${JSON.stringify(record)}\n`);
    const journal = await open();
    const same: InstanceSpec = { ...spec, restartNonce: 4 };
    expect(await accept(journal, order({ epoch: 8n, spec: same }))).toBe(false);
    expect(await accept(journal, order({ id: oldest, epoch: 8n, spec: same }))).toBe(false);
    expect(corrupt).toEqual([]);
  });
});

it('takes nothing for an order that was not one, whatever bits of its file have flipped', async () => {
  const other = newId('instance');
  const journal = await open();
  await accept(journal, order());
  await accept(journal, order({ id: other, epoch: 12n }));
  const whole = readFileSync(file());
  const given = new Map(journal.all().map((record) => [record.order.id, record]));
  const readings = await readEach([...truncations(whole), ...bitFlips(whole, 300, 11)], async (bytes) => {
    writeFileSync(file(), bytes);
    const again = await open();
    for (const record of again.all()) expect(record).toEqual(given.get(record.order.id));
    expect([0n, 7n, 12n]).toContain(again.epoch(CONTROLLER));
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
  expect((await open()).get(ref)?.order).toEqual(order());
  expect(corrupt).toEqual([]);
});
