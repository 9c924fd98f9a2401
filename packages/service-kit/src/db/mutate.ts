import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import { commonErrors } from '@thecloud/kernel';
import type { RequestContext } from '../context';
import { prepared, slots } from './connection';
import type { Scope, Tx } from './connection';
import { lastly } from './database';
import type { Database } from './database';
import type { KitTables } from './tables';

/** How an answer is kept: ts-proto's message objects do. */
export interface Codec<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

/** Runs a mutation in one transaction. */
export type Mutate = <T>(ctx: RequestContext, codec: Codec<T>, fn: (tx: Tx) => Promise<T>) => Promise<T>;

/**
 * One transaction a mutation, once in effect: the idempotency key is inserted first and the answer kept with it,
 * so whoever comes second with the same key waits for the first to commit and then gets the same answer.
 * FAILED_PRECONDITION IDEMPOTENCY_KEY_REUSED: the key came with another request before.
 */
export const mutateWith = (db: Database, { idempotency }: KitTables): Mutate => {
  const claim = prepared((tx) =>
    tx
      .insert(idempotency)
      .values(slots('scope', 'key', 'method', 'requestHash'))
      .onConflictDoNothing()
      .returning({ key: idempotency.key })
      .prepare('idempotency_claim'),
  );
  const keep = prepared((tx) =>
    tx
      .update(idempotency)
      .set({ response: sql`${sql.placeholder('response')}` })
      .where(
        and(eq(idempotency.scope, sql.placeholder('scope')), eq(idempotency.key, sql.placeholder('key'))),
      )
      .prepare('idempotency_keep'),
  );
  return async (ctx, codec, fn) => {
    const key = ctx.idempotencyKey;
    const scope = scopeOf(ctx);
    if (!key || scope === 'system') return db.write(scope, fn);
    const owner = 'projectId' in scope ? scope.projectId : scope.subject;
    const hash = createHash('sha256').update(key).digest('hex');

    return db.write(scope, async (tx) => {
      const mine = { scope: owner, key: hash };
      const { method, requestHash = '' } = ctx;
      const claimed = await claim(tx).execute({ ...mine, method: method.path, requestHash });
      if (claimed.length === 0) {
        const [first] = await tx
          .select()
          .from(idempotency)
          .where(and(eq(idempotency.scope, owner), eq(idempotency.key, hash)));
        if (!first?.response) throw commonErrors.REQUEST_IN_PROGRESS({});
        if (first.method !== ctx.method.path || first.requestHash !== ctx.requestHash)
          throw commonErrors.IDEMPOTENCY_KEY_REUSED({});
        return codec.decode(unseal(first.response, key, owner));
      }
      const answer = await fn(tx);
      const response = seal(codec.encode(answer).finish(), key, owner);
      lastly(tx, keep(tx).execute({ ...mine, response }));
      return answer;
    });
  };
};

/** Whose rows a call may touch: its project's, else its user's own; calls of processes see all. */
export function scopeOf(ctx: RequestContext): Scope {
  if (!ctx.principal || ctx.method.auth.scope === 'platform') return 'system';
  if (ctx.method.auth.scope === 'user') return { subject: ctx.principal.subject };
  return { projectId: ctx.principal.projectId ?? '' };
}

/**
 * An answer may hold a secret shown once (an API key). So it is kept encrypted (AES-256-GCM) under the
 * idempotency key itself, of which the database holds only the hash: whoever has the key may read the answer again.
 */
function seal(plain: Uint8Array, key: string, owner: string): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(key, owner), iv);
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function unseal(sealed: Buffer, key: string, owner: string): Uint8Array {
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(key, owner), sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
}

const sealingKey = (key: string, owner: string) =>
  Buffer.from(hkdfSync('sha256', key, owner, 'idempotent answer', 32));
