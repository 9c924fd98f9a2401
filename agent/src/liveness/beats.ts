import { once } from 'node:events';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { computeV1 } from '@thecloud/api';
import { passing } from '@thecloud/kernel';
import type { DriverHealth } from '../kinds/instance/ports/instance-driver';
import { Backoff } from '../core/backoff';
import type { Observation, Observations } from '../core/observations';

export type ReportStream = ClientDuplexStream<computeV1.ReportHostRequest, computeV1.ReportHostResponse>;
type Report = NonNullable<computeV1.ReportHostRequest['report']>;

export interface ReporterDeps {
  open(): ReportStream;
  /** Everything about the host but its instances; may ask the engine. */
  inventory(): Promise<computeV1.HostInventory>;
  health(): Promise<DriverHealth>;
  observations: Observations;
  /** All that is on the host or in its journal. */
  everything(): Observation[];
  fence: FencePort;
  /** When the agent's certificate ends, if it has not been renewed for so long that this is near. */
  certificateEndsSoon(): Date | undefined;
  /** ms, never set back. */
  uptimeMs(): number;
  toWire(observation: Observation): computeV1.HostHello['instances'][number];
  log: { info(o: object, text: string): void; warn(o: object, text: string): void };
}

/** Compute's answer to a hello or a beat. */
export interface Acknowledgement {
  /** When what it answers was sent, on the clock of `uptimeMs`. */
  readonly sentAtMs: number;
  /** To a hello: the generation of each order there was when it was sent. */
  readonly greeted?: ReadonlyMap<string, number>;
  readonly fenceAfterMs: number;
  readonly notHere: readonly string[];
}

/** What must be told of every answer, before anything relies on it. */
export interface FencePort {
  readonly armedMs: number;
  orders(): ReadonlyMap<string, number>;
  /** False: a hello is needed. */
  acknowledged(answer: Acknowledgement): Promise<boolean>;
}

/** Until compute says otherwise, in ms. */
const BEAT_MS = 2_000;
/** An agent that beats more seldom would be taken for silent. */
const LONGEST_BEAT_MS = 5_000;
/** Observations in one message at most. */
const MOST_TOGETHER = 100;
/** In one message of a hello: some 100 KiB. */
const PAGE = 500;
/** A page of a hello is taken within this, in ms. */
const SEND_MS = 10_000;
/** A hello is answered within this, however much is stored of it; in ms. */
const GREETED_MS = 30_000;
/** A stream on which nothing came back for so many beats is dead, whatever TCP thinks. */
const SILENT_BEATS = 5;

/**
 * Keeps one stream to compute: a hello with all that is on the host, then beats, and every observation at once. What
 * cannot be sent is not queued but remembered by instance, the newest only; a new stream's hello has it all anyway.
 */
export class Reporter {
  readonly #backoff = new Backoff(200, 2_000);
  readonly #unsent = new Set<string>();
  #stream: ReportStream | undefined;
  /** Hellos and beats of this stream that are not answered yet; answers come in their order. */
  #unanswered: Array<Pick<Acknowledgement, 'sentAtMs' | 'greeted'>> = [];
  #answers: Promise<void> = Promise.resolve();
  #blocked = false;
  #greeted = false;
  #beatMs = BEAT_MS;
  #heardAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #unsubscribe: () => void = () => undefined;
  #closed = false;

  constructor(private readonly d: ReporterDeps) {}

  /** Has compute answered on the stream that is open now? */
  get connected(): boolean {
    return this.#heardAt > 0;
  }

  start(): void {
    this.#unsubscribe = this.d.observations.subscribe(({ instanceId }) => {
      // What comes in the same turn goes out in one message, whose cost is that of some ten observations.
      if (this.#unsent.size === 0) setImmediate(() => this.#flush());
      this.#unsent.add(instanceId);
    });
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#unsubscribe();
    this.#stream?.cancel();
  }

  #connect(): void {
    const stream = this.d.open();
    this.#stream = stream;
    this.#blocked = false;
    this.#greeted = false;
    this.#unanswered = [];
    stream.on('data', (answer: computeV1.ReportHostResponse) => {
      const { beatIntervalMs } = answer;
      this.#answered(stream, answer);
      if (!this.connected) this.d.log.info({ beatIntervalMs }, 'reporting to compute');
      this.#heardAt = Date.now();
      this.#backoff.reset();
      if (beatIntervalMs > 0) this.#beatMs = Math.min(beatIntervalMs, LONGEST_BEAT_MS);
    });
    stream.on('drain', () => {
      this.#blocked = false;
      this.#flush();
    });
    stream.once('error', (error) => this.#lost(stream, error));
    stream.once('end', () => this.#lost(stream, new Error('compute ended it')));
    void this.#greet(stream);
  }

  async #greet(stream: ReportStream): Promise<void> {
    try {
      const inventory = await this.d.inventory();
      if (stream !== this.#stream) return;
      this.#unsent.clear();
      this.#unanswered.push({ sentAtMs: this.d.uptimeMs(), greeted: this.d.fence.orders() });
      const all = this.d.everything();
      const { armedMs: armedFenceMs } = this.d.fence;
      const instances = all.splice(0, PAGE).map(this.d.toWire);
      this.#send({ $case: 'hello', value: { inventory, instances, armedFenceMs, more: all.length > 0 } });
      while (all.length > 0) {
        if (this.#blocked) await once(stream, 'drain', { signal: AbortSignal.timeout(SEND_MS) });
        if (stream !== this.#stream) return;
        const rest = all.splice(0, PAGE).map(this.d.toWire);
        this.#send({ $case: 'rest', value: { instances: rest, more: all.length > 0 } });
      }
      this.#greeted = true;
      this.#flush();
      this.#planBeat(stream, Date.now());
    } catch (error) {
      stream.cancel();
      this.#lost(stream, error);
    }
  }

  #planBeat(stream: ReportStream, greetedAt: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#beat(stream, greetedAt), this.#beatMs);
  }

  async #beat(stream: ReportStream, greetedAt: number): Promise<void> {
    const health = await this.d.health();
    if (stream !== this.#stream) return;
    const patience = this.connected ? SILENT_BEATS * this.#beatMs : GREETED_MS;
    if (Date.now() - Math.max(this.#heardAt, greetedAt) > patience) {
      stream.cancel();
      return this.#lost(stream, new Error('compute is silent'));
    }
    if (!this.#blocked) {
      this.#unanswered.push({ sentAtMs: this.d.uptimeMs() });
      const driverProblem = health.ok ? '' : health.why;
      const { armedMs: armedFenceMs } = this.d.fence;
      this.#send({
        $case: 'beat',
        value: {
          driverProblem,
          armedFenceMs,
          sentAt: new Date(),
          certificateEndsAt: this.d.certificateEndsSoon(),
        },
      });
    }
    this.#planBeat(stream, greetedAt);
  }

  /** One answer after the other, as they came. */
  #answered(stream: ReportStream, { fenceAfterMs, notHere }: computeV1.ReportHostResponse): void {
    const asked = this.#unanswered.shift();
    if (stream !== this.#stream || !asked) return;
    this.#answers = this.#answers
      .then(() => this.d.fence.acknowledged({ ...asked, fenceAfterMs, notHere }))
      .then((fine) => {
        if (fine || stream !== this.#stream) return;
        stream.cancel();
        this.#lost(stream, new Error('it was silent for too long: a hello is needed'));
      })
      .catch((error: unknown) => this.d.log.warn({ err: error }, 'the fence deadline could not be moved'));
  }

  #flush(): void {
    while (this.#unsent.size > 0 && this.#greeted && !this.#blocked && !this.#closed) {
      const ids = [...this.#unsent].slice(0, MOST_TOGETHER);
      for (const id of ids) this.#unsent.delete(id);
      const newest = ids.flatMap((id) => this.d.observations.get(id) ?? []);
      if (newest.length > 0)
        this.#send({ $case: 'observations', value: { instances: newest.map(this.d.toWire) } });
    }
  }

  #send(report: Report): void {
    if (!this.#stream) return;
    passing('before report', report.$case);
    this.#blocked = !this.#stream.write({ report });
    passing('after report', report.$case);
  }

  #lost(stream: ReportStream, error: unknown): void {
    if (stream !== this.#stream || this.#closed) return;
    this.#stream = undefined;
    this.#heardAt = 0;
    stream.on('error', () => undefined); // a dead stream's later errors are no news, and must not end the process
    clearTimeout(this.#timer);
    const wait = this.#backoff.next();
    this.d.log.warn({ err: error, retryInMs: wait }, 'the stream to compute is gone; instances keep running');
    this.#timer = setTimeout(() => this.#connect(), wait);
  }
}
