import { cutPage, PAGE_BYTES, pageOf } from './page';
import type { Page } from './page';

const MIB = 1 << 20;
const rows = (...bytes: number[]) =>
  bytes.map((size, n) => ({ id: `ins_${String(n).padStart(26, '0')}`, text: 'x'.repeat(size) }));
const page = (size: number): Page => ({ size, after: undefined });
const next = (pageToken: string) => pageOf({ pageSize: 0, pageToken }).after;

it('ends with its size', () => {
  const all = rows(1, 1, 1);
  const cut = cutPage(all, page(2));
  expect(cut.rows).toEqual(all.slice(0, 2));
  expect(next(cut.nextPageToken)).toBe(all[1]!.id);
  expect(cutPage(all, page(3))).toEqual({ rows: all, nextPageToken: '' });
});

it('ends before its bytes are too many, and the next one goes on there', () => {
  const all = rows(MIB, MIB, MIB, MIB);
  const cut = cutPage(all, page(3));
  expect(cut.rows).toEqual(all.slice(0, 2));
  expect(next(cut.nextPageToken)).toBe(all[1]!.id);
});

it('has one row at least, however large', () => {
  const all = rows(PAGE_BYTES + 1, 1);
  const cut = cutPage(all, page(500));
  expect(cut.rows).toEqual(all.slice(0, 1));
  expect(next(cut.nextPageToken)).toBe(all[0]!.id);
  expect(cutPage(rows(PAGE_BYTES + 1), page(1)).nextPageToken).toBe('');
});

it('counts bytes, not characters', () => {
  const all = rows(0, 0, 0).map((row) => ({ ...row, text: '日'.repeat(MIB / 2) }));
  expect(cutPage(all, page(3)).rows).toHaveLength(1);
});

it('has no row where there is none', () => {
  expect(cutPage([], page(3))).toEqual({ rows: [], nextPageToken: '' });
});
