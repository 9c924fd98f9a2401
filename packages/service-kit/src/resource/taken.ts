import type { CloudError } from '@thecloud/kernel';
import { violatedUnique } from '../db/failures';

/** Errors by the name of the unique index that a write violates. */
export type TakenErrors = Readonly<Record<string, (cause: unknown) => CloudError>>;

/** The outcome of a write. Where another row has what must be unique, it fails with the error of that index. */
export async function refuseTaken<T>(write: PromiseLike<T>, taken: TakenErrors): Promise<T> {
  try {
    return await write;
  } catch (cause) {
    throw taken[violatedUnique(cause) ?? '']?.(cause) ?? cause;
  }
}

/** The one row that a write of a locked or a new row returns. */
export function onlyRow<R>([row]: readonly R[]): R {
  if (!row) throw new Error('a row that was locked is gone');
  return row;
}
