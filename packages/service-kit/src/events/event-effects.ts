import { and, eq, sql } from 'drizzle-orm';
import { CloudError } from '@thecloud/kernel';
import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Database } from '../db/database';
import type { KitTables } from '../db/tables';
import type { Logger } from '../log';
import type { EffectRunner, EventConsumer } from './durable-consumer';
import { firstTime } from './inbox';
import type { PublishedEvent } from './published-event';

/** So many failures, and an event is set aside. */
export const MOST_TRIES = 5;

/** Of an engine that is away, or another transaction that was faster: the event is not at fault. */
const PASSING: readonly string[] = ['UNAVAILABLE', 'ABORTED', 'DEADLINE_EXCEEDED'];

/**
 * Carries out effects, each in one transaction with the event's row in the inbox. An event whose effect keeps failing is
 * set aside: in table failed_event, with its error, in the log, and counted. It holds up nothing else.
 */
export class EventEffects implements EffectRunner {
  readonly #setAside: Counter<'consumer'>;

  constructor(
    private readonly d: {
      readonly db: Database;
      readonly tables: Pick<KitTables, 'inbox' | 'failedEvent'>;
      readonly log: Logger;
      readonly registry: Registry;
    },
  ) {
    this.#setAside = new Counter({
      name: 'thecloud_events_set_aside_total',
      help: 'Events whose effect failed too often; see table failed_event',
      labelNames: ['consumer'],
      registers: [d.registry],
    });
  }

  async run(consumer: EventConsumer, event: PublishedEvent): Promise<boolean> {
    try {
      await this.d.db.write('system', async (tx) => {
        if (await firstTime(tx, this.d.tables, consumer.name, event.id)) await consumer.effect(tx, event);
      });
      return true;
    } catch (cause) {
      if (cause instanceof CloudError && PASSING.includes(cause.code)) return false;
      return this.#failed(consumer, event, cause);
    }
  }

  /** Counts the failure; with the last one the event is noted as taken, so that nobody tries it again. */
  async #failed({ name }: EventConsumer, event: PublishedEvent, cause: unknown): Promise<boolean> {
    const { failedEvent } = this.d.tables;
    const error = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    const tries = await this.d.db
      .write('system', async (tx) => {
        const [counted] = await tx
          .insert(failedEvent)
          .values({ consumer: name, eventId: event.id, event, error })
          .onConflictDoUpdate({
            target: [failedEvent.consumer, failedEvent.eventId],
            set: { tries: sql`${failedEvent.tries} + 1`, error, failedAt: new Date() },
          })
          .returning({ tries: failedEvent.tries });
        const tries = counted?.tries ?? 0;
        if (tries < MOST_TRIES) return tries;
        const mine = and(eq(failedEvent.consumer, name), eq(failedEvent.eventId, event.id));
        await tx.update(failedEvent).set({ setAsideAt: new Date() }).where(mine);
        await firstTime(tx, this.d.tables, name, event.id);
        return tries;
      })
      .catch(() => 0); // the database went away: the event comes again
    const about = { err: cause, consumer: name, event: event.id, type: event.type, subject: event.subject };
    if (tries < MOST_TRIES) {
      this.d.log.warn({ ...about, tries }, 'the effect of an event failed; it is tried again');
      return false;
    }
    this.#setAside.inc({ consumer: name });
    this.d.log.error({ ...about, tries }, 'an event is set aside: its effect failed too often');
    return true;
  }
}
