import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppendLog } from './append-log';

let dir: string;
let path: string;
let durable: string[];
let log: AppendLog;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'append-log-'));
  path = join(dir, 'log');
  durable = [];
  log = new AppendLog(path, () => durable);
});
afterEach(async () => {
  await log.close();
  rmSync(dir, { recursive: true });
});
const append = (line: string) => log.append(line, '', () => durable.push(line));
const lines = () => readFileSync(path, 'utf8').split('\n').slice(0, -1);

it('keeps what comes at the same time in its order', async () => {
  const many = Array.from({ length: 1_200 }, (_, i) => `line ${i}`);
  await Promise.all(many.map(append));
  await append('last');
  expect(lines()).toEqual([...many, 'last']);
  expect(durable).toEqual([...many, 'last']);
});

it('refuses what the disk does not take, and then writes anew what it has taken', async () => {
  durable = ['before'];
  symlinkSync('/dev/full', path);
  await log.resume(0);
  await expect(append('one')).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(durable).toEqual(['before']);
  await append('two');
  expect(lines()).toEqual(['before', 'two']);
  await append('three');
  expect(lines()).toEqual(['before', 'two', 'three']);
});

it('tries each of a batch alone when all together fail', async () => {
  symlinkSync('/dev/full', path);
  await log.resume(0);
  await Promise.all([append('one'), append('two')]);
  expect(lines()).toEqual(['one', 'two']);
});

it('leaves out what is outdated once that is most of it', async () => {
  const large = 'x'.repeat(400_000);
  for (let n = 0; n < 6; n++) {
    durable = [];
    await append(`${large}${n}`);
  }
  expect(lines().length).toBeLessThan(6);
  expect(lines().at(-1)).toBe(`${large}5`);
});
