import { commonErrors } from '@thecloud/kernel';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 500;

/**
 * What the items of a page come to at most, in bytes; one that alone is larger makes a page of its own. gRPC clients take
 * messages up to 4 MiB unless they are told otherwise.
 */
export const PAGE_BYTES = 3 << 20;

/** What a keyset list needs: how many, and the id the page before ended with. */
export interface Page {
  readonly size: number;
  readonly after: string | undefined;
}

/** Reads page_size and page_token of a list request. INVALID_ARGUMENT PAGE_TOKEN_INVALID: not one of ours. */
export function pageOf(request: { pageSize: number; pageToken: string }): Page {
  const size = Math.min(request.pageSize || DEFAULT_PAGE, LARGEST_PAGE);
  if (!request.pageToken) return { size, after: undefined };
  const after = Buffer.from(request.pageToken, 'base64url').toString('utf8');
  if (!/^[a-z]+_[0-9a-z]{26}$/.test(after)) throw commonErrors.PAGE_TOKEN_INVALID({});
  return { size, after };
}

/** The token of the page that begins after this id; empty: there is none. */
export const tokenAfter = (id: string | undefined): string => Buffer.from(id ?? '').toString('base64url');

/**
 * Cuts a result read with `size + 1` rows to the page, which ends early where its rows reach PAGE_BYTES, and makes the
 * token of the next one.
 */
export function cutPage<R extends { id: string }>(
  rows: R[],
  page: Page,
): { rows: R[]; nextPageToken: string } {
  const kept = rows.slice(0, countWithin(rows.slice(0, page.size)));
  return { rows: kept, nextPageToken: kept.length < rows.length ? tokenAfter(kept.at(-1)?.id) : '' };
}

/** How many of the first rows fit into a page. Their JSON is measured: it has more bytes than what is made of them. */
function countWithin(rows: readonly object[]): number {
  let bytes = 0;
  for (const [count, row] of rows.entries()) {
    bytes += Buffer.byteLength(JSON.stringify(row, textOfBigints));
    if (bytes > PAGE_BYTES && count > 0) return count;
  }
  return rows.length;
}

/** bigint has no JSON. */
const textOfBigints = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
