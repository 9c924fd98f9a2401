import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import { commonErrors } from '@thecloud/kernel';
import type { RequestContext } from '../context';
import { oneOf, rowsOf, statement } from './connection';
import type { Scope, Tx } from './connection';
import { lastly } from './database';
import type { Database } from './database';
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
 * One transaction a mutation, once in effect: the idempotency key is inserted first and the answer kept with it,
 * so whoever comes second with the same key waits for the first to commit; what he does then is undone, and he gets the
 * first one's answer. So a mutation does nothing outside of its transaction.
 * FAILED_PRECONDITION IDEMPOTENCY_KEY_REUSED: the key came with another request before.
 */
export const mutateWith = (db: Database, { idempotency }: KitTables): Mutate => {
  const claim = claims(idempotency);
  const keep = keeps(idempotency);
  return async (ctx, codec, fn, how = 'alone') => {
    const write = how === 'alone' ? db.write.bind(db) : db.writeTogether.bind(db);
    const key = ctx.idempotencyKey;
    const scope = scopeOf(ctx);
    if (!key || scope === 'system') return write(scope, fn);
    const owner = 'projectId' in scope ? scope.projectId : scope.subject;
    const hash = createHash('sha256').update(key).digest('hex');

    const mine = { scope: owner, key: hash };
    const { method, requestHash = '' } = ctx;
    const first = async () => {
      const [kept] = await db.read(scope, (tx) =>
        tx
          .select()
          .from(idempotency)
          .where(and(eq(idempotency.scope, owner), eq(idempotency.key, hash))),
      );
      if (!kept?.response) throw commonErrors.REQUEST_IN_PROGRESS({});
      if (kept.method !== method.path || kept.requestHash !== requestHash)
        throw commonErrors.IDEMPOTENCY_KEY_REUSED({});
      return codec.decode(unseal(kept.response, key, owner));
    };
    try {
      return await write(scope, async (tx) => {
        // Both go out together. If the key is not new, whatever the mutation has done, or stumbled over, is undone.
        const claiming = claim(tx, { ...mine, method: method.path, requestHash });
        const [claimed, done] = await Promise.allSettled([claiming, fn(tx)]);
        if (claimed.status === 'rejected') throw claimed.reason;
        if (!claimed.value) throw new Repeated();
        if (done.status === 'rejected') throw done.reason;
        const response = seal(codec.encode(done.value).finish(), key, owner);
        lastly(tx, keep(tx, { ...mine, response: response.toString('base64') }));
        return done.value;
      });
    } catch (cause) {
      if (cause instanceof Repeated) return first();
      throw cause;
    }
  };
};

/** The key came before, and its answer is kept. */
class Repeated extends Error {}

interface Claimed {
  readonly scope: string;
  readonly key: string;
}

/** True for whom the key is new; of those who bring the same one together, for the first. */
function claims(idempotency: KitTables['idempotency']) {
  const claim = statement<Claimed>(
    'idempotency_claim',
    () => sql`
      insert into ${idempotency} (scope, key, method, request_hash)
      select scope, key, method, "requestHash"
        from jsonb_to_recordset(${rowsOf('claims')}) as c(scope text, key text, method text, "requestHash" text)
       order by scope, key
          on conflict do nothing returning scope, key`,
  );
  return gathered(async (tx, asked: ReadonlyArray<Claimed & { method: string; requestHash: string }>) => {
    const made = await claim(tx, { claims: JSON.stringify(asked) });
    const mine = new Set(made.map(nameOf));
    return asked.map((one) => mine.delete(nameOf(one)));
  });
}

const nameOf = ({ scope, key }: Claimed) => `${scope} ${key}`;

/** Keeps answers, each with its key. */
function keeps(idempotency: KitTables['idempotency']) {
  const keep = statement(
    'idempotency_keep',
    () => sql`
      update ${idempotency} i set response = decode(a.response, 'base64')
        from jsonb_to_recordset(${rowsOf('answers')}) as a(scope text, key text, response text)
       where i.scope = a.scope and i.key = a.key and ${oneOf('i.scope', 'scopes')} and ${oneOf('i.key', 'keys')}`,
  );
  return gathered(async (tx, answers: ReadonlyArray<Claimed & { response: string }>) => {
    await keep(tx, {
      answers: JSON.stringify(answers),
      scopes: answers.map((a) => a.scope),
      keys: answers.map((a) => a.key),
    });
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

const sealingKey = (key: string, owner: string) =>
  Buffer.from(hkdfSync('sha256', key, owner, 'idempotent answer', 32));
