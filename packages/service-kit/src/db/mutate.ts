import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import { CloudError, commonErrors } from '@thecloud/kernel';
import type { RequestContext } from '../context';
import { rowsOf, statement } from './connection';
import type { Scope, Tx } from './connection';
import { lastly } from './database';
import type { Database } from './database';
import { violatedUnique } from './failures';
import { gathered } from './gather';
import type { KitTables } from './tables';

/** How an answer is kept: ts-proto's message objects do. */
export interface Codec<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

/**
 * Runs a mutation in one transaction: of its own, or (see Database.writeTogether; its `fn` may be called again) shared
 * with others of its scope.
 */
export type Mutate = <T>(
  ctx: RequestContext,
  codec: Codec<T>,
  fn: (tx: Tx) => Promise<T>,
  how?: 'alone' | 'together',
) => Promise<T>;

/**
 * One transaction a mutation, once in effect: its answer is kept under the idempotency key, in the same transaction.
 * Whoever comes second with a key can keep nothing under it, so what he did is undone, and he gets the first one's
 * answer, also if he stumbled over what the first one did. So a mutation does nothing outside of its transaction.
 * FAILED_PRECONDITION IDEMPOTENCY_KEY_REUSED: the key came with another request before.
 */
export const mutateWith = (db: Database, { idempotency }: KitTables): Mutate => {
  const keep = keeps(idempotency);
  return async (ctx, codec, fn, how = 'alone') => {
    const write = how === 'alone' ? db.write.bind(db) : db.writeTogether.bind(db);
    const key = ctx.idempotencyKey;
    const scope = scopeOf(ctx);
    if (!key || scope === 'system') return write(scope, fn);
    const owner = 'projectId' in scope ? scope.projectId : scope.subject;
    const hash = createHash('sha256').update(key).digest('hex');
    const { method, requestHash = '' } = ctx;
    const mine = { scope: owner, key: hash, method: method.path, requestHash };

    const kept = async () => {
      const [first] = await db.read(scope, (tx) =>
        tx
          .select()
          .from(idempotency)
          .where(and(eq(idempotency.scope, owner), eq(idempotency.key, hash))),
      );
      if (first && (first.method !== mine.method || first.requestHash !== requestHash))
        throw commonErrors.IDEMPOTENCY_KEY_REUSED({});
      return first?.response ? codec.decode(unseal(first.response, key, owner)) : undefined;
    };
    try {
      return await write(scope, async (tx) => {
        const done = await fn(tx);
        const response = seal(codec.encode(done).finish(), key, owner).toString('base64');
        lastly(tx, keep(tx, { ...mine, response }));
        return done;
      });
    } catch (cause) {
      if (cause instanceof CloudError && cause.code === 'UNAVAILABLE') throw cause;
      const first = await kept();
      if (first) return first;
      throw violatedUnique(cause) === IDEMPOTENCY_KEY ? commonErrors.REQUEST_IN_PROGRESS({}) : cause;
    }
  };
};

/** What makes sure that nothing is kept twice under a key. */
const IDEMPOTENCY_KEY = 'idempotency_scope_key_pk';

interface Answer {
  readonly scope: string;
  readonly key: string;
  readonly method: string;
  readonly requestHash: string;
  /** In base64. */
  readonly response: string;
}

/** Keeps answers, each with its key. Keys in their order: nobody waits in a ring. */
function keeps(idempotency: KitTables['idempotency']) {
  const keep = statement(
    'idempotency_keep',
    () => sql`
      insert into ${idempotency} (scope, key, method, request_hash, response)
      select scope, key, method, "requestHash", decode(response, 'base64')
        from jsonb_to_recordset(${rowsOf('answers')})
             as a(scope text, key text, method text, "requestHash" text, response text)
       order by scope, key`,
  );
  return gathered(async (tx, answers: readonly Answer[]) => {
    await keep(tx, { answers: JSON.stringify(answers) });
    return answers.map(() => undefined);
  });
}

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

/** (As an object: a cipher takes bytes four times as long to get going.) */
const sealingKey = (key: string, owner: string) =>
  createSecretKey(Buffer.from(hkdfSync('sha256', key, owner, 'idempotent answer', 32)));
