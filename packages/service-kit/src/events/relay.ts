import { asc, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { Database } from '../db/database';
import { onEmitted } from '../db/events';
import type { KitTables } from '../db/tables';
import type { Logger } from '../log';
import type { EventBus } from './nats';

const BATCH = 200;
const LOOK_EVERY_MS = 2_000;
const KEEP_PUBLISHED = sql`now() - interval '1 hour'`;
const KEEP_ANSWERS = sql`now() - interval '24 hours'`;

/**
 * Publishes what the outbox holds, oldest first, then marks it. Every replica may run one: rows are locked while they
 * are published, and a repetition after a crash carries the same message id.
 * It reads rows that are not yet published, never "sequence > last": sequence order is not commit order.
 */
export class OutboxRelay {
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #rung = false;

  constructor(
    private readonly db: Database,
    private readonly tables: KitTables,
    private readonly bus: EventBus,
    private readonly log: Logger,
  ) {
    onEmitted(tables, () => this.#wake());
    this.#wake();
  }

  async close(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
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
      while (!this.#stopped && this.bus.connected() && (await this.#publishBatch()) === BATCH);
      await this.#prune();
    } catch (err) {
      this.log.warn({ err }, 'events could not be published yet');
    }
  }

  async #publishBatch(): Promise<number> {
    const { outbox } = this.tables;
    return this.db.write('system', async (tx) => {
      const rows = await tx
        .select({ id: outbox.id, subject: outbox.subject, event: outbox.event })
        .from(outbox)
        .where(isNull(outbox.publishedAt))
        .orderBy(asc(outbox.sequence))
        .limit(BATCH)
        .for('update', { skipLocked: true });
      if (rows.length === 0) return 0;
      await Promise.all(rows.map((row) => this.bus.publish(row.subject, row.id, JSON.stringify(row.event))));
      const ids = rows.map((row) => row.id);
      await tx.update(outbox).set({ publishedAt: new Date() }).where(inArray(outbox.id, ids));
      return rows.length;
    });
  }

  async #prune(): Promise<void> {
    const { outbox, idempotency } = this.tables;
    await this.db.write('system', async (tx) => {
      await tx.delete(outbox).where(lt(outbox.publishedAt, KEEP_PUBLISHED));
      await tx.delete(idempotency).where(lt(idempotency.createdAt, KEEP_ANSWERS));
    });
  }
}
