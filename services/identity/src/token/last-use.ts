import { and, eq, isNull, lt, or, sql } from 'drizzle-orm';
import type { Foundation } from '@thecloud/service-kit';
import { apiKeys } from '../schema';

const PRECISION_MS = 60_000;
const MOST_WRITING = 4;

/** Notes when a key was last used, to the minute, beside the request: losing a note fails nobody. */
export class LastUse {
  readonly #writing = new Set<string>();

  constructor(private readonly f: Foundation) {}

  note(keyId: string, stored: Date | null): void {
    if (stored && Date.now() - stored.getTime() < PRECISION_MS) return;
    if (this.#writing.has(keyId) || this.#writing.size >= MOST_WRITING) return;
    this.#writing.add(keyId);
    const old = or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, sql`now() - interval '1 minute'`));
    this.f.db
      .write('system', (tx) =>
        tx
          .update(apiKeys)
          .set({ lastUsedAt: sql`now()` })
          .where(and(eq(apiKeys.id, keyId), old)),
      )
      .catch((err: unknown) => this.f.log.debug({ err }, 'the last use of a key could not be noted'))
      .finally(() => this.#writing.delete(keyId));
  }
}
