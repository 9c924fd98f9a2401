import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { computeV1 } from '@thecloud/api';
import { passing } from '@thecloud/kernel';
import { Backoff } from '../core/backoff';
import type { Acknowledgement, FencePort } from './acknowledgement';

export type BeatStream = ClientDuplexStream<computeV1.ReportHostRequest, computeV1.ReportHostResponse>;
type Said = NonNullable<computeV1.ReportHostRequest['report']>;

export interface BeatsDeps {
  open(): BeatStream;
  /** Everything about the host but what it carries; may ask the engines. */
  inventory(): Promise<computeV1.HostInventory>;
  /** Empty: every driver is well. */
  driverProblem(): Promise<string>;
  /** Drivers that stop nothing when the host is silent, by name. */
  readonly unfencedDrivers: string[];
  fence: FencePort;
  /** When the agent's certificate ends, if it has not been renewed for so long that this is near. */
  certificateEndsSoon(): Date | undefined;
  /** ms, never set back. */
  uptimeMs(): number;
  log: { info(o: object, text: string): void; warn(o: object, text: string): void };
}

/** Until compute says otherwise, in ms. */
const BEAT_MS = 2_000;
/** An agent that beats more seldom would be taken for silent. */
const LONGEST_BEAT_MS = 5_000;
/** A stream on which nothing came back for so many beats is dead, whatever TCP thinks. */
const SILENT_BEATS = 5;

/** Keeps one stream to compute: a hello, then beats. Each answer moves the fence. */
export class Beats {
  readonly #backoff = new Backoff(200, 2_000);
  #stream: BeatStream | undefined;
  /** Hellos and beats of this stream that are not answered yet; answers come in their order. */
  #unanswered: Array<Pick<Acknowledgement, 'sentAtMs' | 'greeted'>> = [];
  #answers: Promise<void> = Promise.resolve();
  #blocked = false;
  #beatMs = BEAT_MS;
  #heardAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly d: BeatsDeps) {}

  /** Has compute answered on the stream that is open now? */
  get connected(): boolean {
    return this.#heardAt > 0;
  }

  start(): void {
    const stream = this.d.open();
    this.#stream = stream;
    this.#blocked = false;
    this.#unanswered = [];
    stream.on('data', (answer: computeV1.ReportHostResponse) => {
      const { beatIntervalMs } = answer;
      this.#answered(stream, answer);
      if (!this.connected) this.d.log.info({ beatIntervalMs }, 'compute hears this host');
      this.#heardAt = Date.now();
      this.#backoff.reset();
      if (beatIntervalMs > 0) this.#beatMs = Math.min(beatIntervalMs, LONGEST_BEAT_MS);
    });
    stream.on('drain', () => (this.#blocked = false));
    stream.once('error', (error) => this.#lost(stream, error));
    stream.once('end', () => this.#lost(stream, new Error('compute ended it')));
    void this.#greet(stream);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#stream?.cancel();
  }

  async #greet(stream: BeatStream): Promise<void> {
    try {
      const inventory = await this.d.inventory();
      if (stream !== this.#stream) return;
      this.#unanswered.push({ sentAtMs: this.d.uptimeMs(), greeted: this.d.fence.orders() });
      const { unfencedDrivers, fence } = this.d;
      const hello = { inventory, armedFenceMs: fence.armedMs, unfencedDrivers, instances: [], more: false };
      this.#send({ $case: 'hello', value: hello });
      this.#planBeat(stream, Date.now());
    } catch (error) {
      stream.cancel();
      this.#lost(stream, error);
    }
  }

  #planBeat(stream: BeatStream, greetedAt: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#beat(stream, greetedAt), this.#beatMs);
  }

  async #beat(stream: BeatStream, greetedAt: number): Promise<void> {
    const driverProblem = await this.d.driverProblem();
    if (stream !== this.#stream) return;
    if (Date.now() - Math.max(this.#heardAt, greetedAt) > SILENT_BEATS * this.#beatMs) {
      stream.cancel();
      return this.#lost(stream, new Error('compute is silent'));
    }
    if (!this.#blocked) {
      this.#unanswered.push({ sentAtMs: this.d.uptimeMs() });
      const { armedMs: armedFenceMs } = this.d.fence;
      const certificateEndsAt = this.d.certificateEndsSoon();
      this.#send({
        $case: 'beat',
        value: { driverProblem, armedFenceMs, sentAt: new Date(), certificateEndsAt },
      });
    }
    this.#planBeat(stream, greetedAt);
  }

  /** One answer after the other, as they came. */
  #answered(stream: BeatStream, { fenceAfterMs, placed }: computeV1.ReportHostResponse): void {
    const asked = this.#unanswered.shift();
    if (stream !== this.#stream || !asked) return;
    const lost = (why: string) => {
      if (stream !== this.#stream) return;
      stream.cancel();
      this.#lost(stream, new Error(why));
    };
    if (asked.greeted && !placed)
      return lost(
        'it does not say what is placed here: it is of an older release. Upgrade the control plane first',
      );
    const answer = { ...asked, fenceAfterMs, ...(placed ? { placed: new Set(placed.ids) } : {}) };
    this.#answers = this.#answers
      .then(() => this.d.fence.acknowledged(answer))
      .then((fine) => {
        if (!fine) lost('it was silent for too long: a hello is needed');
      })
      .catch((error: unknown) => this.d.log.warn({ err: error }, 'the fence deadline could not be moved'));
  }

  #send(report: Said): void {
    if (!this.#stream) return;
    passing('before report', report.$case);
    this.#blocked = !this.#stream.write({ report });
    passing('after report', report.$case);
  }

  #lost(stream: BeatStream, error: unknown): void {
    if (stream !== this.#stream || this.#closed) return;
    this.#stream = undefined;
    this.#heardAt = 0;
    stream.on('error', () => undefined); // a dead stream's later errors are no news, and must not end the process
    clearTimeout(this.#timer);
    const wait = this.#backoff.next();
    this.d.log.warn(
      { err: error, retryInMs: wait },
      'the stream to compute is gone; what runs keeps running',
    );
    this.#timer = setTimeout(() => this.start(), wait);
  }
}
