import { AckPolicy, consumerOpts, DeliverPolicy } from 'nats';
import type { ConsumerConfig, JetStreamSubscription, JsMsg, StreamInfo } from 'nats';
import { commonErrors } from '@thecloud/kernel';
import type { Logger } from '../log';
import { LoggedMessage } from './logged-message';
import { STREAM } from './nats';
import type { EventBus } from './nats';

/** Where reading begins: at a place, or at what was published at a time. */
export type From = { readonly place: number } | { readonly time: Date };

export interface Follower {
  take(message: LoggedMessage): void;
  /** The stream is not the one it was, or has dropped what was not read yet: nobody can go on from here. */
  broken(): void;
}

const PAGE = 100;
const PAGE_MS = 5_000;
const TRY_AGAIN_MS = 500;

/** The durable event stream, for those who read it. */
export class EventLog {
  readonly #followers = new Set<Follower>();
  #tail: JetStreamSubscription | undefined;
  #opening: Promise<void> | undefined;
  #created = '';
  #last = 0;
  /** Counts connections lost and made: what was begun on another one is void. */
  #connection = 0;
  #retry: NodeJS.Timeout | undefined;
  readonly #stopListening: () => void;

  constructor(
    private readonly bus: EventBus,
    private readonly log: Logger,
  ) {
    this.#stopListening = bus.onConnection(() => {
      this.#connection++;
      this.#cut();
      this.#goOn();
    });
  }

  /** Of the first event still kept; anything before it is gone. UNAVAILABLE while NATS is away. */
  async firstPlace(): Promise<number> {
    return (await this.#info()).state.first_seq;
  }

  /**
   * What the stream holds at this moment from a place on, in its order, of some subjects ("events.prj_1.>"); then it ends.
   * Pages are asked for as they are consumed. UNAVAILABLE while NATS is away.
   */
  async *read(from: From, subject: string): AsyncGenerator<LoggedMessage> {
    for await (const message of this.#read(from, subject)) yield new LoggedMessage(message);
  }

  /** The ids of all messages that the stream has taken since then. */
  async *ids(since: Date): AsyncGenerator<string> {
    for await (const { headers } of this.#read({ time: since }, 'events.>', true))
      yield headers?.get('Nats-Msg-Id') ?? '';
  }

  async *#read(from: From, subject: string, headersOnly = false): AsyncGenerator<JsMsg> {
    const { jetstream, manager } = this.bus.stream();
    const config: Partial<ConsumerConfig> = {
      ack_policy: AckPolicy.None,
      filter_subject: subject,
      headers_only: headersOnly,
      mem_storage: true,
      inactive_threshold: 60 * 1e9,
      ...('place' in from
        ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: Math.max(1, from.place) }
        : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: from.time.toISOString() }),
    };
    const { name, num_pending: held } = await away(manager.consumers.add(STREAM, config));
    try {
      const consumer = await away(jetstream.consumers.get(STREAM, name));
      for (let left = held; left > 0;) {
        let got = 0;
        const wanted = Math.min(left, PAGE);
        const page = await away(consumer.fetch({ max_messages: wanted, expires: PAGE_MS }));
        try {
          for await (const message of page) {
            got++;
            yield message;
          }
        } finally {
          page.stop();
        }
        if (got < wanted) throw commonErrors.UNAVAILABLE({ what: 'The event stream' });
        left -= got;
      }
    } finally {
      await manager.consumers.delete(STREAM, name).catch(() => undefined); // it ends by itself when nobody reads
    }
  }

  /**
   * Hands every message published from here on to a follower, in the stream's order, each once; one reader of the stream
   * serves all. While NATS is away nothing comes, and afterwards all of it. Answers with how to stop.
   */
  async follow(follower: Follower): Promise<() => void> {
    const from = this.#followers.size === 0 ? 'new' : 'next';
    this.#followers.add(follower);
    const leave = () => {
      this.#followers.delete(follower);
      if (this.#followers.size === 0) this.#cut();
    };
    try {
      if (!this.#tail) await (this.#opening ?? this.#begin(from));
      return leave;
    } catch (cause) {
      leave();
      throw cause;
    }
  }

  close(): void {
    this.#stopListening();
    this.#followers.clear();
    this.#cut();
  }

  async #info(): Promise<StreamInfo> {
    return away(this.bus.stream().manager.streams.info(STREAM));
  }

  #begin(from: 'new' | 'next'): Promise<void> {
    const opening = this.#open(from).finally(() => {
      this.#opening = undefined;
      if (!this.#tail) this.#retry = setTimeout(() => this.#goOn(), TRY_AGAIN_MS);
    });
    this.#opening = opening;
    return opening;
  }

  #goOn(): void {
    clearTimeout(this.#retry);
    if (this.#followers.size === 0 || this.#tail || this.#opening || !this.bus.connected()) return;
    this.#begin('next').catch((err: unknown) =>
      this.log.warn({ err }, 'the event stream cannot be followed yet'),
    );
  }

  /** `new`: from the end of the stream. `next`: from what was handed out last. */
  async #open(from: 'new' | 'next'): Promise<void> {
    const connection = this.#connection;
    const { created, state } = await this.#info();
    if (from === 'new') this.#last = state.last_seq;
    else if (created !== this.#created || state.last_seq < this.#last || state.first_seq > this.#last + 1) {
      for (const follower of this.#followers) follower.broken();
      this.#last = state.last_seq;
    }
    this.#created = created;
    const options = consumerOpts()
      .orderedConsumer()
      .bindStream(STREAM)
      .startSequence(this.#last + 1)
      .callback((err, message) => {
        if (!err && message) this.#hand(message);
      });
    const tail = await away(this.bus.stream().jetstream.subscribe('events.>', options));
    this.#tail = tail;
    if (connection !== this.#connection) this.#cut();
    if (!this.#tail) throw commonErrors.UNAVAILABLE({ what: 'The event stream' });
  }

  #hand(message: JsMsg): void {
    if (message.seq <= this.#last) return; // a consumer made anew may repeat
    this.#last = message.seq;
    const logged = new LoggedMessage(message);
    for (const follower of this.#followers) follower.take(logged);
  }

  #cut(): void {
    clearTimeout(this.#retry);
    this.#tail?.unsubscribe();
    this.#tail = undefined;
  }
}

/** What goes wrong with NATS is nothing the caller can mend. */
async function away<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (cause) {
    throw commonErrors.UNAVAILABLE({ what: 'The event stream' }, cause);
  }
}
