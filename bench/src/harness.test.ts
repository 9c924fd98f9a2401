import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alternate } from './alternate';
import type { Measurement, Row } from './area';
import { writeResults } from './results';
import { median, percentile, spread } from './statistics';
import { met } from './targets';

const measurement = (calls: string[]): Measurement => {
  let next = 0;
  return {
    rounds: 3,
    warmUps: 1,
    rows: [{ name: 'thing', series: 'rate', of: median, unit: '1/s', better: 'higher' }],
    ours: async () => (calls.push('ours'), { rate: [10 * ++next] }),
    peer: async () => (calls.push('peer'), { rate: [50] }),
  };
};

it('takes both in turn, each beginning in every other round, and forgets the warm-up', async () => {
  const calls: string[] = [];
  const [measured] = await alternate(measurement(calls), () => undefined);
  expect(calls.join(' ')).toBe('peer ours ours peer peer ours ours peer');
  expect(measured).toEqual({
    row: { name: 'thing', ours: 30, peer: 50, ratio: 0.6, unit: '1/s', better: 'higher', n: 3 },
    spread: { ours: 1 / 3, peer: 0 },
  });
});

it('has no ratio where there is no peer', async () => {
  const { peer: _, ...alone } = measurement([]);
  const [measured] = await alternate(alone, () => undefined);
  expect(measured?.row).toMatchObject({ peer: null, ratio: null });
});

it('refuses a row about a series that nobody measured', async () => {
  const odd = { ...measurement([]), ours: async () => ({ other: [1] }) };
  await expect(alternate(odd, () => undefined)).rejects.toThrow('series rate');
});

it('knows percentiles by nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect([percentile(95)(hundred), median(hundred), percentile(99)([7])]).toEqual([95, 50, 7]);
  expect(() => median([])).toThrow();
  expect(spread([90, 100, 130])).toBeCloseTo(0.2);
});

const row = (name: string, ours: number): Row => ({
  ...{ name, ours, peer: 100, ratio: ours / 100, unit: '1/s', better: 'higher', n: 5 },
});

it('says met only if every limit of a row is', () => {
  expect(met(row('api.write', 300))).toBe(true);
  expect(met(row('api.write', 200))).toBe(false); // of its own
  expect(met({ ...row('api.write', 300), ratio: 0.1 })).toBe(false); // beside its peer
  expect(met({ ...row('api.read.p95', 21), better: 'lower' })).toBe(false);
  expect(met(row('unheard-of', 1))).toBeUndefined();
});

it('replaces the rows of the areas that were run, and no others', () => {
  const dir = mkdtempSync(join(tmpdir(), 'bench-'));
  const file = join(dir, 'results', 'latest.json');
  try {
    writeResults(['api', 'idle'], [row('api.read', 1), row('api.gone', 1), row('idle', 1)], file);
    writeResults(['api'], [row('api.read', 2)], file);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([row('api.read', 2), row('idle', 1)]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
