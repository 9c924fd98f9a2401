import { sql } from 'drizzle-orm';
import { CloudError, commonErrors } from '@thecloud/kernel';
import type { RequestContext } from '../context';
import { rowsOf, statement } from './connection';
import type { Scope, Tx } from './connection';
import { deferUntilCommit } from './database';
import type { Database } from './database';
import { hashOf, keptAnswers, keyOwnerOf, scopeOf, seal } from './kept-answers';
import type { Codec } from './kept-answers';
import { violatedUnique } from './failures';
import { batched } from './batched';
import type { KitTables } from './tables';

export interface HowToMutate {
  /** Shares a transaction with others of its scope (see Database.writeTogether): `fn` may be called again. */
  readonly together?: boolean;
  /** What the transaction may touch; the caller's rows otherwise. */
  readonly scope?: Scope;
  /**
   * What is checked before the transaction begins. A check that stands before `mutate` instead would refuse a repeated
   * request when the world has changed since the first one.
   */
  readonly check?: () => Promise<void>;
}

/** Runs a mutation in one transaction. */
export type Mutate = <T>(
  ctx: RequestContext,
  codec: Codec<T>,
  fn: (tx: Tx) => Promise<T>,
  how?: HowToMutate,
) => Promise<T>;

/**
 * Runs each mutation in one transaction, which also stores its answer under the idempotency key. A second request with
 * the same key is rolled back and gets the first answer, also if it failed on a row that the first one wrote. So a
 * mutation has no effect outside of its transaction.
 * FAILED_PRECONDITION IDEMPOTENCY_KEY_REUSED: the key belongs to another request.
 */
export const mutateWith = (db: Database, { idempotency }: Pick<KitTables, 'idempotency'>): Mutate => {
  const keep = keeps(idempotency);
  const answers = keptAnswers(db, { idempotency });
  return async (ctx, codec, fn, how = {}) => {
    const write = how.together ? db.writeTogether.bind(db) : db.write.bind(db);
    const key = ctx.idempotencyKey;
    const scope = how.scope ?? scopeOf(ctx);
    const owner = keyOwnerOf(ctx);
    if (!key || !owner) {
      await how.check?.();
      return write(scope, fn);
    }
    const hash = hashOf(key);
    const { method, requestHash = '' } = ctx;
    const mine = { scope: owner, key: hash, method: method.path, requestHash };
    try {
      await how.check?.();
      return await write(scope, async (tx) => {
        const done = await fn(tx);
        const response = seal(codec.encode(done).finish(), key, owner).toString('base64');
        deferUntilCommit(tx, keep(tx, { ...mine, response }));
        return done;
      });
    } catch (cause) {
      if (cause instanceof CloudError && cause.code === 'UNAVAILABLE') throw cause;
      const first = await answers.find(ctx, codec);
      if (first) return first;
      throw violatedUnique(cause) === IDEMPOTENCY_KEY ? commonErrors.REQUEST_IN_PROGRESS({}) : cause;
    }
  };
};

/** The unique index that allows one stored answer a key. */
const IDEMPOTENCY_KEY = 'idempotency_scope_key_pk';

interface Answer {
  readonly scope: string;
  readonly key: string;
  readonly method: string;
  readonly requestHash: string;
  /** In base64. */
  readonly response: string;
}

/** Inserts answers in the order of their keys, so that concurrent inserts cannot deadlock. */
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
  return batched(async (tx, answers: readonly Answer[]) => {
    await keep(tx, { answers: JSON.stringify(answers) });
    return answers.map(() => undefined);
  });
}
