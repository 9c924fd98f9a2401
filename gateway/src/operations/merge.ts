import { commonV1 } from '@thecloud/api';
import { CloudError } from '@thecloud/kernel';
import { cutPage, pageOf, tokenAfter } from '@thecloud/service-kit';

/**
 * One page of several services' pages of operations, newest first. Ids are in the order of time in all services, so the
 * last id of the page is where every service goes on.
 */
export function mergePages(request: Buffer, answers: readonly Buffer[]): Buffer {
  const page = pageOf(commonV1.ListOperationsRequest.decode(request));
  const pages = answers.map((answer) => commonV1.ListOperationsResponse.decode(answer));
  // What follows a page that goes on is not known here: nothing that may be older than that is shown yet.
  const horizon = pages.map((p) => (p.nextPageToken && p.operations.at(-1)?.id) || '').reduce(later, '');
  const all = pages.flatMap((p) => p.operations).sort((a, b) => (a.id < b.id ? 1 : -1));
  const known = all.filter(({ id }) => id >= horizon);
  const { rows: operations } = cutPage(known, page);
  const goesOn = operations.length < all.length || horizon !== '';
  const nextPageToken = goesOn ? tokenAfter(operations.at(-1)?.id) : '';
  return Buffer.from(commonV1.ListOperationsResponse.encode({ operations, nextPageToken }).finish());
}

const later = (a: string, b: string) => (a > b ? a : b);

/**
 * The answer of the service that has what was asked for. That none has it is certain only if all have said so: otherwise
 * it fails as the one that could not say.
 */
export async function firstThatHas<T>(asked: readonly Promise<T>[]): Promise<T> {
  try {
    return await Promise.any(asked);
  } catch (thrown) {
    const { errors } = thrown as AggregateError;
    throw errors.find((error) => !isNotFound(error)) ?? errors[0];
  }
}

const isNotFound = (error: unknown) => error instanceof CloudError && error.code === 'NOT_FOUND';
