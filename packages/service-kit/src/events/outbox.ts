import { and, inArray, isNull, lt, sql } from 'drizzle-orm';
import { prepared, settle } from '../db/connection';
import type { Database } from '../db/database';
import type { KitTables } from '../db/tables';

/** Events of a project that were committed together and are not marked as published. */
export interface Waiting {
  readonly id: string;
  readonly projectId: string;
  /** A list of CloudEvents, in JSON. */
  readonly events: string;
  /** Of its transaction, in seconds. */
  readonly age: number;
}

/** The most that one look finds. */
export const LOOK_AT = 200;
const KEEP_PUBLISHED = sql`now() - interval '1 hour'`;
/** Longer than events are kept (72 h unless told otherwise): what is delivered again is still known. */
const KEEP_INBOX = sql`now() - interval '30 days'`;
const KEEP_ANSWERS = sql`now() - interval '24 hours'`;
const UNSURE_FOR = sql`interval '30 seconds'`;

/**
 * The order comes from the index of what waits: without statistics the planner would rather sort, and visit all that
 * was ever published to find it.
 */
const BY_INDEX = sql.raw('set local enable_sort to off');

/** The outbox of a service, for its relay. */
export class Outbox {
  /** When all connections of the service are busy with changes, this is how they are told of. */
  readonly #line: Database;
  readonly #waiting = prepared((tx) => {
    const { outbox } = this.tables;
    return tx
      .select({
        id: outbox.id,
        projectId: outbox.projectId,
        events: sql<string>`${outbox.events}::text`,
        age: sql<number>`extract(epoch from now() - ${outbox.createdAt})::float8`,
      })
      .from(outbox)
      .where(isNull(outbox.publishedAt))
      .orderBy(outbox.sequence)
      .limit(LOOK_AT)
      .prepare('outbox_waiting');
  });

  /** What another replica marks at this moment is passed over: nobody waits in a ring. */
  readonly #mark = prepared((tx) => {
    const { outbox } = this.tables;
    const free = tx
      .select({ id: outbox.id })
      .from(outbox)
      .where(and(sql`${outbox.id} = any(${sql.placeholder('ids')})`, isNull(outbox.publishedAt)))
      .for('update', { skipLocked: true });
    return tx
      .update(outbox)
      .set({ publishedAt: sql`now()` })
      .where(inArray(outbox.id, free))
      .prepare('outbox_mark');
  });

  constructor(
    private readonly db: Database,
    private readonly tables: KitTables,
  ) {
    this.#line = db.apart(1);
  }

  close(): Promise<void> {
    return this.#line.close();
  }

  /** Marks these as published, and answers with what waits, oldest first: in one round trip. */
  look(published: readonly string[]): Promise<Waiting[]> {
    return this.#line.writeAtOnce('system', async (tx) => {
      const [, , waiting] = await settle(
        tx.execute(BY_INDEX).execute(),
        published.length > 0 ? this.#mark(tx).execute({ ids: published }) : Promise.resolve(),
        this.#waiting(tx).execute(),
      );
      return waiting as Waiting[];
    });
  }

  async mark(published: readonly string[]): Promise<void> {
    if (published.length > 0)
      await this.#line.writeAtOnce('system', (tx) => this.#mark(tx).execute({ ids: published }));
  }

  /** Takes the newest marks away: the stream may have lost what it had just acknowledged. */
  async doubt(): Promise<void> {
    const { outbox } = this.tables;
    const recent = sql`${outbox.publishedAt} > now() - ${UNSURE_FOR}`;
    await this.db.write('system', (tx) => tx.update(outbox).set({ publishedAt: null }).where(recent));
  }

  /** When the oldest that waits was committed, if one does. */
  async oldest(): Promise<Date | undefined> {
    const { outbox } = this.tables;
    const { rows } = await this.db.read('system', (tx) =>
      tx.execute<{ oldest: Date | null }>(
        sql`select min(created_at) as oldest from ${outbox} where published_at is null`,
      ),
    );
    const oldest = rows[0]?.oldest;
    return oldest ? new Date(oldest) : undefined;
  }

  /** Removes what nobody asks for any more: events long published, answers that nobody repeats his request for. */
  async prune(): Promise<void> {
    const { outbox, idempotency, inbox } = this.tables;
    await this.db.write('system', async (tx) => {
      await tx.delete(inbox).where(lt(inbox.receivedAt, KEEP_INBOX));
      await tx.delete(outbox).where(lt(outbox.publishedAt, KEEP_PUBLISHED));
      await tx.delete(idempotency).where(lt(idempotency.createdAt, KEEP_ANSWERS));
    });
  }
}
