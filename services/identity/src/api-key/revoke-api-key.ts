import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { apiKeys } from '../schema';
import { announceKey } from './create-api-key';
import type { ApiKey } from './create-api-key';

/** For good. A key revoked before is not found, like one that never was. */
export async function revokeApiKey(tx: Tx, projectId: string, id: string): Promise<ApiKey> {
  const [key] = await tx
    .update(apiKeys)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(apiKeys.id, id), eq(apiKeys.projectId, projectId), isNull(apiKeys.revokedAt)))
    .returning();
  if (!key) throw errors.API_KEY_NOT_FOUND({ id });
  announceKey(tx, 'revoked', key);
  return key;
}

/** The same for all that match. Locked by id, so that transactions do not wait for each other in a ring. */
export async function revokeApiKeys(tx: Tx, which: SQL): Promise<void> {
  const live = tx
    .select({ id: apiKeys.id })
    .from(apiKeys)
    .where(and(which, isNull(apiKeys.revokedAt)))
    .orderBy(asc(apiKeys.id))
    .for('update');
  const revoked = await tx
    .update(apiKeys)
    .set({ revokedAt: sql`now()` })
    .where(inArray(apiKeys.id, live))
    .returning();
  for (const key of revoked) announceKey(tx, 'revoked', key);
}
