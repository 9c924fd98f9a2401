import { AckPolicy, DeliverPolicy } from 'nats';
import type { ConsumerConfig, JsMsg } from 'nats';
import { passing } from '@thecloud/kernel';
import type { Tx } from '../db/connection';
import type { Logger } from '../log';
import { LoggedMessage } from './logged-message';
import { STREAM } from './nats';
import type { EventBus } from './nats';
import type { PublishedEvent } from './published-event';

/** What a service does about events of others. */
export interface EventConsumer {
  /** Unique in its service, for good: the stream remembers by it what has been taken. */
  readonly name: string;
  wants(event: PublishedEvent): boolean;
  /**
   * Runs in a transaction that also notes the event as taken: once in effect, however often it is delivered. Events may
   * come in another order than they happened: read what is so now.
   */
  effect(tx: Tx, event: PublishedEvent): Promise<void>;
}

/** Carries out the effect of one event. */
export interface EffectRunner {
  /** True: it is done with, now or before. False: it failed, and is to be delivered again. */
  run(consumer: EventConsumer, event: PublishedEvent): Promise<boolean>;
}

/** Delivered and not acknowledged, over all replicas. */
const MOST_IN_FLIGHT = 200;
const PAGE = 10;
const PAGE_MS = 5_000;
/** A message that is not acknowledged by then is delivered again, to whichever replica asks. */
const ACK_WITHIN_MS = 20_000;
const TRY_AGAIN_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Reads the event stream for a service, from its beginning, each message at least once. All replicas share the work, and
 * a message is acknowledged after its effects have been committed. One that fails is delivered again after a pause, and
 * the others go on meanwhile.
 */
export class DurableConsumer {
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #stopPage: (() => void) | undefined;
  readonly #stopListening: () => void;
  #ring: (() => void) | undefined;

  constructor(
    private readonly service: string,
    private readonly consumer: EventConsumer,
    private readonly d: { readonly bus: EventBus; readonly effects: EffectRunner; readonly log: Logger },
  ) {
    this.#stopListening = d.bus.onConnection(() => this.#ring?.());
    this.#running = this.#loop();
  }

  /** Resolves when what is under way has ended; what was not acknowledged is delivered again. */
  async close(): Promise<void> {
    this.#stopping.abort();
    this.#stopListening();
    this.#stopPage?.();
    this.#ring?.();
    await this.#running;
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      try {
        if (this.d.bus.connected()) await this.#read();
      } catch (err) {
        if (!this.#stopped)
          this.d.log.warn({ err, consumer: this.consumer.name }, 'events cannot be read yet');
      }
      if (!this.#stopped) await this.#pause();
    }
  }

  /** Until the connection breaks, or it is closed. */
  async #read(): Promise<void> {
    const { jetstream, manager } = this.d.bus.stream();
    const name = `${this.service}-${this.consumer.name}`;
    const wanted = {
      ack_wait: ACK_WITHIN_MS * 1e6,
      max_ack_pending: MOST_IN_FLIGHT,
      max_deliver: -1, // what cannot be carried out is set aside by its effect runner
    } satisfies Partial<ConsumerConfig>;
    const fixed = { durable_name: name, ack_policy: AckPolicy.Explicit, deliver_policy: DeliverPolicy.All };
    const there = await manager.consumers.info(STREAM, name).catch(() => undefined);
    if (!there) await manager.consumers.add(STREAM, { ...fixed, filter_subject: 'events.>', ...wanted });
    else await manager.consumers.update(STREAM, name, wanted);
    const consumer = await jetstream.consumers.get(STREAM, name);
    while (!this.#stopped && this.d.bus.connected()) {
      const page = await consumer.fetch({ max_messages: PAGE, expires: PAGE_MS });
      this.#stopPage = () => page.stop();
      for await (const message of page) await this.#take(message);
    }
  }

  async #take(message: JsMsg): Promise<void> {
    const wanted = new LoggedMessage(message).events
      .map(({ event }) => event)
      .filter((event) => this.consumer.wants(event));
    if (wanted.length === 0) return message.ack();
    passing('event taken', this.consumer.name);
    let done = true;
    for (const event of wanted) done = (await this.d.effects.run(this.consumer, event)) && done;
    passing('before ack', this.consumer.name);
    if (done) message.ack();
    else message.nak(pauseAfter(message.info.deliveryCount));
    passing('after ack', this.consumer.name);
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, TRY_AGAIN_MS);
      this.#ring = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** In ms, doubled with each delivery. */
const pauseAfter = (deliveries: number): number =>
  Math.min(LONGEST_PAUSE_MS, TRY_AGAIN_MS * 2 ** Math.min(deliveries - 1, 10));
