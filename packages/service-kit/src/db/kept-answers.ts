import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { commonErrors } from '@thecloud/kernel';
import { principalOf, projectOf } from '../context';
import type { RequestContext } from '../context';
import type { Scope } from './connection';
import type { Database } from './database';
import type { KitTables } from './tables';

/** How an answer is kept: ts-proto's message objects do. */
export interface Codec<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

/** The answers that mutations gave, by idempotency key. */
export interface KeptAnswers {
  /**
   * The answer to this very request, if it was made before. FAILED_PRECONDITION IDEMPOTENCY_KEY_REUSED: the key came
   * with another request.
   */
  find<T>(ctx: RequestContext, codec: Codec<T>): Promise<T | undefined>;
  /** Whether the call's key came with any request before. */
  isKeyUsed(ctx: RequestContext): Promise<boolean>;
}

export function keptAnswers(db: Database, { idempotency }: Pick<KitTables, 'idempotency'>): KeptAnswers {
  const first = async (ctx: RequestContext) => {
    const [key, owner] = [ctx.idempotencyKey, keyOwnerOf(ctx)];
    if (!key || !owner) return undefined;
    const mine = and(eq(idempotency.scope, owner), eq(idempotency.key, hashOf(key)));
    const [kept] = await db.read(scopeOf(ctx), (tx) => tx.select().from(idempotency).where(mine));
    return kept && { ...kept, key, owner };
  };
  return {
    find: async (ctx, codec) => {
      const kept = await first(ctx);
      if (!kept) return undefined;
      if (kept.method !== ctx.method.path || kept.requestHash !== (ctx.requestHash ?? ''))
        throw commonErrors.IDEMPOTENCY_KEY_REUSED({});
      return kept.response ? codec.decode(unseal(kept.response, kept.key, kept.owner)) : undefined;
    },
    isKeyUsed: async (ctx) => (await first(ctx)) !== undefined,
  };
}

/** Keys are kept as their hashes. */
export const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

/**
 * To whom the call's idempotency key belongs: its project, else its caller. Others may use the same key. Nobody's: calls
 * without a credential, of which no answer is kept.
 */
export function keyOwnerOf(ctx: RequestContext): string | undefined {
  if (!ctx.principal && !ctx.delegation) return undefined;
  const scope = scopeOf(ctx);
  if (scope === 'system') return ctx.principal?.subject;
  return 'projectId' in scope ? scope.projectId : scope.subject;
}

/**
 * Whose rows a call may touch: its project's, or its user's own, or, of a method that is declared for administrators,
 * everybody's. A call of a process is made for the project that it names, or for nobody: then its handler names the
 * scope, or it has none.
 */
export function scopeOf(ctx: RequestContext): Scope {
  if (ctx.delegation) return { projectId: ctx.delegation.projectId };
  const { scope } = ctx.method.auth;
  if (scope === 'user') return { subject: principalOf(ctx).subject };
  if (scope === 'project') return { projectId: projectOf(ctx) };
  if (scope === 'platform' && ctx.principal?.platformAdmin) return 'system';
  throw new Error(`${ctx.method.path} was called for nobody whose rows it may touch`);
}

/**
 * An answer may hold a secret shown once (an API key). So it is kept encrypted (AES-256-GCM) under the
 * idempotency key itself, of which the database holds only the hash: whoever has the key may read the answer again.
 */
export function seal(plain: Uint8Array, key: string, owner: string): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(key, owner), iv);
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function unseal(sealed: Buffer, key: string, owner: string): Uint8Array {
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(key, owner), sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
}

/** (As an object: a cipher takes bytes four times as long to get going.) */
const sealingKey = (key: string, owner: string) =>
  createSecretKey(Buffer.from(hkdfSync('sha256', key, owner, 'idempotent answer', 32)));
