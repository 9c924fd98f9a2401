import type { Database } from '../db/database';
import { MOST_BEHIND, onEmitted } from '../db/events';
import type { Emitted, Message } from '../db/events';
import type { KitTables } from '../db/tables';
import type { Logger } from '../log';
import { DEFAULT_RETENTION } from './nats';
import type { EventBus } from './nats';
import { EventLog } from './event-log';
import { CLOCK_SLACK_MS } from './follow-events';
import { LOOK_AT, Outbox } from './outbox';
import type { Waiting } from './outbox';
import type { PublishedEvent } from './published-event';
import { subjectOf } from './subject';

const LOOK_EVERY_MS = 2_000;
/** A mark travels with the next look, or is made after so long. */
const MARK_WITHIN_MS = 50;
const PRUNE_EVERY_MS = 60_000;
/** What another process committed is its own to publish; after so long it may have died before it could. */
const LEFT_BEHIND_S = 1;

/**
 * Publishes what the outbox holds, oldest first and each row as one message, then marks it. Every replica runs one: it
 * publishes what its own process committed, at once and without a look unless something may have to come before it, and
 * what others left behind. A resource's events keep their order: each is sent after all before it, whoever committed
 * those. A repetition, after a crash or by two replicas, carries the same id and is dropped by the stream; where the
 * stream has forgotten ids, the relay looks first what it holds.
 * It reads rows that are not yet published, never "sequence > last": sequence order is not commit order.
 */
export class OutboxRelay {
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #rung = false;
  #comparedAt = 0;
  #unsure = true;
  /** All has been sent that waited since the stream was last lost. */
  #caughtUp = false;
  /** Ids of rows that this process has committed since the last look, and that were not sent at once. */
  #own = new Set<string>();
  /** On its way to the stream, by id. */
  readonly #sent = new Map<string, Promise<void>>();
  /** The newest of `#sent`, by resource. */
  readonly #newest = new Map<string, Promise<void>>();
  /** Ids that the stream has and the outbox does not know of yet. */
  #published = new Set<string>();
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
      this.#caughtUp = false;
      this.#wake();
    });
    this.#pruning = setInterval(() => void this.#prune(), PRUNE_EVERY_MS);
    onEmitted(tables, (emitted) => {
      if (!bus.connected()) return; // published when it comes back
      if (this.#isNext(emitted)) return this.#publish(emitted.rows);
      for (const { id } of emitted.rows) this.#own.add(id);
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
    await this.#outbox.mark([...this.#published]).catch(() => undefined); // it is published again, and dropped
    this.#log.close();
    await this.#outbox.close();
  }

  #wake(): void {
    if (this.#rung || this.#stopped) return;
    this.#rung = true;
    this.#running = this.#running.then(async () => {
      this.#rung = false;
      await this.#drain();
      this.#wakeWithin(this.#published.size > 0 ? MARK_WITHIN_MS : LOOK_EVERY_MS);
    });
  }

  #wakeWithin(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => this.#wake(), ms);
  }

  async #drain(): Promise<void> {
    let anew = false;
    try {
      while (!this.#stopped && this.bus.connected()) {
        if (this.#unsure) {
          anew = true;
          await this.#doubt();
        }
        const own = this.#own;
        this.#own = new Set();
        const waiting = await this.#look();
        if (this.#mayBeForgotten(waiting)) {
          await this.#compare();
          continue;
        }
        const fresh = waiting.filter(({ id }) => !this.#knows(id)).map(resourcesOf);
        this.#publish(anew ? fresh : due(fresh, own));
        if (waiting.length < LOOK_AT) this.#caughtUp = !this.#unsure;
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
    this.#published.clear();
    this.#sent.clear();
    this.#newest.clear();
    await this.#outbox.doubt().catch((cause: unknown) => {
      this.#unsure = true;
      throw cause;
    });
  }

  #knows(id: string): boolean {
    return this.#sent.has(id) || this.#published.has(id);
  }

  /**
   * May this be sent without a look? Not if something else waits that may have to come before it; nor if another process
   * may have taken it for left behind, and published it, by now.
   */
  #isNext({ behind, since }: Emitted): boolean {
    return (
      this.#caughtUp &&
      !this.#stopped &&
      this.#sent.size < LOOK_AT &&
      behind.length < MOST_BEHIND &&
      behind.every((id) => this.#knows(id)) &&
      performance.now() - since < LEFT_BEHIND_S * 1000
    );
  }

  async #look(): Promise<Waiting[]> {
    const published = [...this.#published];
    this.#published.clear();
    return this.#outbox.look(published);
  }

  /** All at once, in their order; but what is under way of the same resources since an earlier look must arrive first. */
  #publish(due: readonly Message[]): void {
    const held = new Map<string, Promise<void>>();
    const sent = due.map((row) => {
      const before = new Set(row.resources.flatMap((id) => held.get(id) ?? this.#newest.get(id) ?? []));
      const sending = this.#send(row, before);
      if (before.size > 0) for (const id of row.resources) held.set(id, sending);
      return sending;
    });
    due.forEach((row, n) => this.#keep(row, sent[n]!));
    Promise.all(sent).catch((err: unknown) => this.log.warn({ err }, 'events could not be published yet'));
  }

  async #send({ id, projectId, events }: Message, before: ReadonlySet<Promise<void>>): Promise<void> {
    if (before.size > 0) await Promise.all(before);
    await this.bus.publish(subjectOf(projectId), id, events);
    this.#published.add(id);
    if (this.#published.size === 1) this.#wakeWithin(MARK_WITHIN_MS);
  }

  /** Until it has settled. */
  #keep({ id, resources }: Message, sent: Promise<void>): void {
    this.#sent.set(id, sent);
    for (const resource of resources) this.#newest.set(resource, sent);
    const forget = () => {
      if (this.#sent.get(id) === sent) this.#sent.delete(id);
      for (const resource of resources)
        if (this.#newest.get(resource) === sent) this.#newest.delete(resource);
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
      for await (const id of this.#log.ids(since)) {
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

const resourcesOf = (row: Waiting): Waiting & Message => {
  const events = JSON.parse(row.events) as readonly PublishedEvent[];
  return { ...row, resources: events.map(({ subject }) => subject) };
};

/** What is this process's to publish, or left behind; and what comes before it of the same resources, and so on. */
function due(waiting: ReadonlyArray<Waiting & Message>, own: ReadonlySet<string>): Message[] {
  const awaited = new Set<string>();
  return waiting
    .toReversed()
    .filter(({ id, age, resources }) => {
      const is = own.has(id) || age > LEFT_BEHIND_S || resources.some((resource) => awaited.has(resource));
      if (is) for (const resource of resources) awaited.add(resource);
      return is;
    })
    .reverse();
}
