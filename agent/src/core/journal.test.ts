import { newId } from '@thecloud/kernel';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accept } from './accept';
import { Journal } from './journal';
import type { Order } from './order';

const id = newId('instance');
const config = {
  ...{ image: 'i', command: [], env: { SECRET: 'x' }, ports: [], restartPolicy: 'always' as const },
  ...{ vcpus: 1, memoryMib: 64, pids: 64, hostname: 'h', projectId: 'p', onHostLoss: 'restart' as const },
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
const open = () => Journal.open(dir, (file, why) => corrupt.push(`${file}: ${why}`));
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'journal-'));
  corrupt = [];
});
afterEach(() => rmSync(dir, { recursive: true }));
const file = (instanceId: string = id) => join(dir, 'instances', `${instanceId}.json`);

it('remembers orders and the newest epoch, for its owner only', async () => {
  const journal = await open();
  expect(await accept(journal, order())).toBe(true);
  const again = await open();
  expect(again.get(id)).toEqual({ order: order(), restartCount: 0 });
  expect(again.epoch).toBe(7n);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

it('counts its openings upwards, even with a clock that went back', async () => {
  const first = (await Journal.open(dir, () => undefined, 5_000_000)).boot;
  expect(first).toBe(5_000);
  expect((await Journal.open(dir, () => undefined, 1_000)).boot).toBe(5_001);
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
  ['nothing', ''],
  ['another version', '{"version":2,"order":{}}'],
  ['another instance', JSON.stringify({ version: 1, order: { instanceId: 'ins_other' }, restartCount: 0 })],
])('sets a file aside that holds %s, and reads the others', async (_, content) => {
  await accept(await open(), order());
  const bad = newId('instance');
  writeFileSync(file(bad), content);
  const journal = await open();
  expect(journal.all().map((r) => r.order.instanceId)).toEqual([id]);
  expect(corrupt).toEqual([expect.stringContaining(`${bad}.json.corrupt`)]);
  expect(readFileSync(`${file(bad)}.corrupt`, 'utf8')).toBe(content);
});

it('sets a spoilt epoch aside', async () => {
  writeFileSync(join(dir, 'epoch'), 'x');
  expect((await open()).epoch).toBe(0n);
  expect(corrupt).toHaveLength(1);
});

it('throws away a write that a crash cut short', async () => {
  await accept(await open(), order());
  writeFileSync(`${file()}.tmp`, '{"ver');
  expect((await open()).get(id)?.order).toEqual(order());
  expect(readdirSync(join(dir, 'instances'))).toEqual([`${id}.json`]);
});
