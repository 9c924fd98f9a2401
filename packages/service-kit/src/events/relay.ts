import { getTableConfig } from 'drizzle-orm/pg-core';
import { inArray, lt, sql } from 'drizzle-orm';
import { lastly } from '../db/database';
import type { Database } from '../db/database';
import { onEmitted } from '../db/events';
import type { KitTables } from '../db/tables';
import type { Logger } from '../log';
import { DEFAULT_RETENTION } from './nats';
import type { EventBus } from './nats';
import { EventLog } from './event-log';
import { CLOCK_SLACK_MS } from './follow-events';

const BATCH = 500;
const LOOK_EVERY_MS = 2_000;
const PRUNE_EVERY_MS = 60_000;
const KEEP_PUBLISHED = sql`now() - interval '1 hour'`;
const UNSURE_FOR = sql`interval '30 seconds'`;
const KEEP_ANSWERS = sql`now() - interval '24 hours'`;

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly subject: string;
  readonly event: string;
  /** It may have been published so long ago that the stream does not know its id any more. */
  readonly old: boolean;
}

/**
 * Publishes what the outbox holds, oldest first, then marks it. Every replica runs one; they take turns, so that the
 * events of a resource keep their order. A repetition after a crash carries the same id and is dropped by the stream;
 * where the stream has forgotten ids, the relay looks first what it holds.
 * It reads rows that are not yet published, never "sequence > last": sequence order is not commit order.
 */
export class OutboxRelay {
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #rung = false;
  #comparedAt = 0;
  #unsure = true;
  readonly #log: EventLog;
  readonly #stopListening: () => void;
  readonly #pruning: NodeJS.Timeout;

  constructor(
    private readonly db: Database,
    private readonly tables: KitTables,
    private readonly bus: EventBus,
    private readonly log: Logger,
  ) {
    this.#log = new EventLog(bus, log);
    this.#stopListening = bus.onConnection(() => {
      this.#unsure = true;
      this.#wake();
    });
    this.#pruning = setInterval(() => void this.#prune(), PRUNE_EVERY_MS);
    onEmitted(tables, () => this.#wake());
    this.#wake();
  }

  async close(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearInterval(this.#pruning);
    this.#stopListening();
    await this.#running;
    this.#log.close();
  }

  #wake(): void {
    if (this.#rung || this.#stopped) return;
    this.#rung = true;
    this.#running = this.#running.then(async () => {
      this.#rung = false;
      clearTimeout(this.#timer);
      await this.#drain();
      if (!this.#stopped) this.#timer = setTimeout(() => this.#wake(), LOOK_EVERY_MS);
    });
  }

  async #drain(): Promise<void> {
    try {
      while (!this.#stopped && this.bus.connected()) {
        if (this.#unsure) await this.#doubt();
        const published = await this.#publishBatch();
        if (published === 'compare first') await this.#compare();
        else if (published < BATCH) return;
      }
    } catch (err) {
      this.log.warn({ err }, 'events could not be published yet');
    }
  }

  /** A server that was killed may have lost what it had just acknowledged: that is published again, under its old ids. */
  async #doubt(): Promise<void> {
    this.#unsure = false;
    const { outbox } = this.tables;
    const recent = sql`${outbox.publishedAt} > now() - ${UNSURE_FOR}`;
    await this.db.write('system', (tx) => tx.update(outbox).set({ publishedAt: null }).where(recent));
  }

  async #publishBatch(): Promise<number | 'compare first'> {
    const { outbox } = this.tables;
    const { dedupSeconds } = this.bus.retention ?? DEFAULT_RETENTION;
    const turn = `outbox of ${getTableConfig(outbox).schema ?? ''}`;
    return this.db.write('system', async (tx) => {
      // One publisher at a time. A mark that a crash loses is made again: nothing waits for the disk.
      const mine = tx.execute(
        sql`select pg_advisory_xact_lock(hashtextextended(${turn}, 0)), set_config('synchronous_commit', 'off', true)`,
      );
      const waiting = tx.execute<Row>(sql`
        select id, subject, event::text as event, created_at < now() - ${dedupSeconds * 0.75} * interval '1 second' as old
          from ${outbox} where published_at is null order by sequence limit ${BATCH}`);
      const [{ rows }] = await Promise.all([waiting, mine]);
      if (rows.length === 0) return 0;
      const fresh = Date.now() - this.#comparedAt < dedupSeconds * 500;
      if (!fresh && rows.some((row) => row.old)) return 'compare first';
      await Promise.all(rows.map((row) => this.bus.publish(row.subject, row.id, row.event)));
      const ids = rows.map((row) => row.id);
      lastly(tx, tx.update(outbox).set({ publishedAt: new Date() }).where(inArray(outbox.id, ids)));
      return rows.length;
    });
  }

  /**
   * Marks what the stream holds already. For half the window in which it knows ids by itself, nothing can be missing from
   * this: whoever publishes meanwhile and does not come to mark it is caught by that window.
   */
  async #compare(): Promise<void> {
    const { outbox } = this.tables;
    const began = Date.now();
    const { rows } = await this.db.read('system', (tx) =>
      tx.execute<{ oldest: Date | null }>(
        sql`select min(created_at) as oldest from ${outbox} where published_at is null`,
      ),
    );
    const oldest = rows[0]?.oldest;
    if (oldest) {
      const since = new Date(new Date(oldest).getTime() - CLOCK_SLACK_MS);
      let ids: string[] = [];
      for await (const { id } of this.#log.read({ time: since }, 'events.>', true)) {
        if (ids.push(id) < BATCH) continue;
        await this.#markPublished(ids);
        ids = [];
      }
      await this.#markPublished(ids);
    }
    this.#comparedAt = began;
  }

  async #markPublished(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const { outbox } = this.tables;
    await this.db.write('system', (tx) =>
      tx.execute(sql`
        update ${outbox} set published_at = now() where id in (
          select id from ${outbox} where published_at is null
             and id in (${sql.join(
               ids.map((id) => sql`${id}`),
               sql`, `,
             )}) for update skip locked)`),
    );
  }

  async #prune(): Promise<void> {
    const { outbox, idempotency } = this.tables;
    await this.db
      .write('system', async (tx) => {
        await tx.delete(outbox).where(lt(outbox.publishedAt, KEEP_PUBLISHED));
        await tx.delete(idempotency).where(lt(idempotency.createdAt, KEEP_ANSWERS));
      })
      .catch((err: unknown) => this.log.warn({ err }, 'old events could not be removed yet'));
  }
}
