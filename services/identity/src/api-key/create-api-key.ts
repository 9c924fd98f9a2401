import { and, count, eq, isNull } from 'drizzle-orm';
import { newId } from '@thecloud/kernel';
import type { Tx } from '@thecloud/service-kit';
import { emit, onlyRow, refuseTaken } from '@thecloud/service-kit';
import { errors } from '../errors';
import type { Role } from '../role/role';
import { exceeds } from '../role/role';
import { apiKeys, kit } from '../schema';
import { newCredential } from '../token/credential';

export type ApiKey = typeof apiKeys.$inferSelect;

/** Live keys a project may have. */
const MOST_KEYS = 1_000;

export interface NewApiKey {
  readonly projectId: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly role: Role;
  readonly expiresAt: Date | undefined;
}

/** Who makes it: a user, or a key whose user then stands behind the new one too. */
export interface Maker {
  readonly id: string;
  readonly kind: 'user' | 'api_key';
  readonly role: Role;
}

/** The secret is in the answer and nowhere else. */
export async function createApiKey(
  tx: Tx,
  maker: Maker,
  key: NewApiKey,
): Promise<{ key: ApiKey; secret: string }> {
  if (exceeds(key.role, maker.role)) throw errors.ROLE_TOO_HIGH({ role: maker.role });
  if (key.expiresAt && key.expiresAt.getTime() <= Date.now()) throw errors.API_KEY_EXPIRY_PAST({});
  await refuseTooMany(tx, key.projectId);
  const userId = maker.kind === 'user' ? maker.id : await userBehind(tx, maker.id);
  const { secret, hash, shown } = newCredential('apiKey');
  const made = await insert(tx, {
    ...key,
    id: newId('apiKey'),
    secretHash: hash,
    prefix: shown,
    createdBy: maker.id,
    userId,
  });
  announceKey(tx, 'created', made);
  return { key: made, secret };
}

export function announceKey(tx: Tx, what: 'created' | 'revoked', key: ApiKey): void {
  emit(tx, kit, 'identity', {
    type: `thecloud.api-key.${what}`,
    subject: key.id,
    projectId: key.projectId,
    data: { id: key.id, name: key.name, role: key.role },
  });
}

async function refuseTooMany(tx: Tx, projectId: string): Promise<void> {
  const live = and(eq(apiKeys.projectId, projectId), isNull(apiKeys.revokedAt));
  const [row] = await tx.select({ n: count() }).from(apiKeys).where(live);
  if ((row?.n ?? 0) >= MOST_KEYS) throw errors.API_KEY_LIMIT({ limit: String(MOST_KEYS) });
}

async function userBehind(tx: Tx, keyId: string): Promise<string> {
  const [row] = await tx.select({ userId: apiKeys.userId }).from(apiKeys).where(eq(apiKeys.id, keyId));
  if (!row) throw new Error(`the calling key ${keyId} has no row`);
  return row.userId;
}

async function insert(tx: Tx, row: typeof apiKeys.$inferInsert): Promise<ApiKey> {
  const api_key_name = (cause: unknown) => errors.API_KEY_NAME_TAKEN({ name: row.name }, cause);
  return onlyRow(await refuseTaken(tx.insert(apiKeys).values(row).returning(), { api_key_name }));
}
