import type { Database } from '../db/database';
import { onEmitted } from '../db/events';
import type { KitTables } from '../db/tables';
import type { Logger } from '../log';
import { DEFAULT_RETENTION } from './nats';
import type { EventBus } from './nats';
import { EventLog } from './event-log';
import { CLOCK_SLACK_MS } from './follow-events';
import { LOOK_AT, Outbox } from './outbox';
import type { Waiting } from './outbox';

const LOOK_EVERY_MS = 2_000;
/** A mark travels with the next look, or is made after so long. */
const MARK_WITHIN_MS = 50;
const PRUNE_EVERY_MS = 60_000;
/** What another process committed is its own to publish; after so long it may have died before it could. */
const LEFT_BEHIND_S = 1;

/**
 * Publishes what the outbox holds, oldest first, then marks it. Every replica runs one: it publishes what its own process
 * committed, at once, and what others left behind. A resource's events keep their order: each is sent after all before
 * it, whoever committed those. A repetition, after a crash or by two replicas, carries the same id and is dropped by the
 * stream; where the stream has forgotten ids, the relay looks first what it holds.
 * It reads rows that are not yet published, never "sequence > last": sequence order is not commit order.
 */
export class OutboxRelay {
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #rung = false;
  #comparedAt = 0;
  #unsure = true;
  /** Ids that this process has committed since the last look. */
  #own = new Set<string>();
  /** On its way to the stream, by id. */
  readonly #sent = new Map<string, Promise<void>>();
  /** The newest of `#sent`, by resource. */
  readonly #newest = new Map<string, Promise<void>>();
  /** Ids that the stream has and the outbox does not know of yet. */
  #published: string[] = [];
  readonly #outbox: Outbox;
  readonly #log: EventLog;
  readonly #stopListening: () => void;
  readonly #pruning: NodeJS.Timeout;

  constructor(
    db: Database,
    tables: KitTables,
    private readonly bus: EventBus,
    private readonly log: Logger,
  ) {
    this.#outbox = new Outbox(db, tables);
    this.#log = new EventLog(bus, log);
    this.#stopListening = bus.onConnection(() => {
      this.#unsure = true;
      this.#wake();
    });
    this.#pruning = setInterval(() => void this.#prune(), PRUNE_EVERY_MS);
    onEmitted(tables, (ids) => {
      if (!bus.connected()) return; // published when it comes back
      for (const id of ids) this.#own.add(id);
      this.#wake();
    });
    this.#wake();
  }

  async close(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearInterval(this.#pruning);
    this.#stopListening();
    await this.#running;
    await Promise.allSettled(this.#sent.values());
    clearTimeout(this.#timer);
    await this.#outbox.mark(this.#published).catch(() => undefined); // it is published again, and dropped
    this.#log.close();
    await this.#outbox.close();
  }

  #wake(): void {
    if (this.#rung || this.#stopped) return;
    this.#rung = true;
    this.#running = this.#running.then(async () => {
      this.#rung = false;
      await this.#drain();
      this.#wakeWithin(this.#published.length > 0 ? MARK_WITHIN_MS : LOOK_EVERY_MS);
    });
  }

  #wakeWithin(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => this.#wake(), ms);
  }

  async #drain(): Promise<void> {
    try {
      while (!this.#stopped && this.bus.connected()) {
        const anew = this.#unsure;
        if (anew) await this.#doubt();
        const own = this.#own;
        this.#own = new Set();
        const waiting = await this.#look();
        if (this.#mayBeForgotten(waiting)) {
          await this.#compare();
          continue;
        }
        this.#publish(anew ? waiting : due(waiting, own));
        if (waiting.length < LOOK_AT || this.#sent.size === 0) return;
        await Promise.all(this.#sent.values()); // no more than one look finds is under way
      }
    } catch (err) {
      this.log.warn({ err }, 'events could not be published yet');
    }
  }

  /**
   * A server that was killed may have lost what it had just acknowledged, and has not heard of what was on its way: that
   * is published again, under its old ids.
   */
  async #doubt(): Promise<void> {
    this.#unsure = false;
    this.#published = [];
    this.#sent.clear();
    this.#newest.clear();
    await this.#outbox.doubt();
  }

  async #look(): Promise<Waiting[]> {
    const published = this.#published;
    this.#published = [];
    return this.#outbox.look(published);
  }

  /** All at once, in their order; but what is under way of the same resource since an earlier look must arrive first. */
  #publish(due: readonly Waiting[]): void {
    const fresh = due.filter(({ id }) => !this.#sent.has(id));
    const sent = fresh.map((event) => this.#send(event, this.#newest.get(event.resource)));
    fresh.forEach(({ id, resource }, n) => {
      this.#keep(this.#sent, id, sent[n]!);
      this.#keep(this.#newest, resource, sent[n]!);
    });
    Promise.all(sent).catch((err: unknown) => this.log.warn({ err }, 'events could not be published yet'));
  }

  async #send({ id, subject, event }: Waiting, before: Promise<void> | undefined): Promise<void> {
    if (before) await before;
    await this.bus.publish(subject, id, event);
    if (this.#published.push(id) === 1) this.#wakeWithin(MARK_WITHIN_MS);
  }

  /** Under that key, until it has settled. */
  #keep(where: Map<string, Promise<void>>, key: string, sent: Promise<void>): void {
    where.set(key, sent);
    const forget = () => {
      if (where.get(key) === sent) where.delete(key);
    };
    sent.then(forget, forget);
  }

  /** Is one so old that the stream may not know its id any more? */
  #mayBeForgotten(waiting: readonly Waiting[]): boolean {
    const { dedupSeconds } = this.bus.retention ?? DEFAULT_RETENTION;
    const compared = Date.now() - this.#comparedAt < dedupSeconds * 500;
    return !compared && waiting.some(({ age }) => age > dedupSeconds * 0.75);
  }

  /**
   * Marks what the stream holds already. For half the window in which it knows ids by itself, nothing can be missing from
   * this: whoever publishes meanwhile and does not come to mark it is caught by that window.
   */
  async #compare(): Promise<void> {
    const began = Date.now();
    const oldest = await this.#outbox.oldest();
    if (oldest) {
      const since = new Date(oldest.getTime() - CLOCK_SLACK_MS);
      let ids: string[] = [];
      for await (const { id } of this.#log.read({ time: since }, 'events.>', true)) {
        if (ids.push(id) < LOOK_AT) continue;
        await this.#outbox.mark(ids);
        ids = [];
      }
      await this.#outbox.mark(ids);
    }
    this.#comparedAt = began;
  }

  async #prune(): Promise<void> {
    await this.#outbox
      .prune()
      .catch((err: unknown) => this.log.warn({ err }, 'old events could not be removed yet'));
  }
}

/** What is this process's to publish, or left behind; and what comes before it of the same resources. */
function due(waiting: readonly Waiting[], own: ReadonlySet<string>): Waiting[] {
  const ours = waiting.filter(({ id, age }) => own.has(id) || age > LEFT_BEHIND_S);
  const resources = new Set(ours.map(({ resource }) => resource));
  return waiting.filter(({ resource }) => resources.has(resource));
}
