import { commonErrors } from '@thecloud/kernel';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 500;

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

/** Cuts a result read with `size + 1` rows to the page, and makes the token of the next one. */
export function cutPage<R extends { id: string }>(
  rows: R[],
  page: Page,
): { rows: R[]; nextPageToken: string } {
  if (rows.length <= page.size) return { rows, nextPageToken: '' };
  const kept = rows.slice(0, page.size);
  return { rows: kept, nextPageToken: Buffer.from(kept.at(-1)?.id ?? '').toString('base64url') };
}
