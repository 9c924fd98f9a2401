import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { agentV1 } from '@thecloud/api';
import { passing } from '@thecloud/kernel';
import { Backoff } from './backoff';
import type { Observation, Observations } from './observations';
import { keyOf, refOf } from './thing';

export type ReportStream = ClientDuplexStream<agentV1.ReportRequest, agentV1.ReportResponse>;

export interface ReporterDeps {
  /** The service that it is for. */
  readonly owner: string;
  /** Are things of this kind reported here? */
  reports(kind: string): boolean;
  open(): ReportStream;
  readonly observations: Observations;
  toWire(observation: Observation): agentV1.Observed;
  readonly log: { info(o: object, text: string): void; warn(o: object, text: string): void };
  /** How soon an answer is asked for, in ms. */
  readonly askMs?: number | undefined;
  /** How long one may take, in ms. */
  readonly answerMs?: number | undefined;
}

/** Observations in one message at most: some 100 KiB. */
const PAGE = 500;
const ASK_MS = 2_000;
/** A service that takes longer to store what was sent is asked on another stream. */
const ANSWER_MS = 30_000;

/**
 * Keeps one stream to a service that owns kinds of this host: first all that is newer than what the service has stored,
 * in pages, then each change at once. What cannot be sent is not queued but remembered by its key, the newest only.
 */
export class Reporter {
  readonly #backoff = new Backoff(200, 2_000);
  /** Keys of what is to be sent, in the order of their newest sequences. */
  readonly #unsent = new Set<string>();
  #stream: ReportStream | undefined;
  /** The service has said what it has stored. */
  #answered = false;
  /** All that there was when the stream opened has been sent. */
  #complete = false;
  #blocked = false;
  /** Sequence of the newest that was sent, and of the newest that is stored. */
  #sent = 0n;
  #stored = 0n;
  #isFlushing = false;
  /** When it was asked what it has not answered; 0: nothing. */
  #askedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #unsubscribe: () => void = () => undefined;
  #closed = false;

  constructor(private readonly d: ReporterDeps) {}

  /** Has the service answered on the stream that is open now? */
  get connected(): boolean {
    return this.#answered;
  }

  start(): void {
    this.#unsubscribe = this.d.observations.subscribe((observation) => {
      if (!this.d.reports(observation.kind)) return;
      const key = keyOf(observation);
      this.#unsent.delete(key); // what is newest goes last
      this.#unsent.add(key);
      this.#soon();
    });
    this.#timer = setInterval(() => this.#ask(), this.d.askMs ?? ASK_MS);
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#retry);
    this.#unsubscribe();
    this.#stream?.cancel();
  }

  #connect(): void {
    const stream = this.d.open();
    this.#stream = stream;
    this.#answered = false;
    this.#complete = false;
    this.#blocked = false;
    this.#askedAt = Date.now();
    stream.on('data', ({ stored }: agentV1.ReportResponse) => this.#heard(stream, stored));
    stream.on('drain', () => {
      this.#blocked = false;
      this.#flush();
    });
    stream.once('error', (error) => this.#lost(stream, error));
    stream.once('end', () => this.#lost(stream, new Error('it was ended')));
    this.#send({ $case: 'opening', value: { since: this.d.observations.since } });
  }

  #heard(stream: ReportStream, stored: bigint): void {
    if (stream !== this.#stream) return;
    this.#stored = stored;
    this.#askedAt = stored < this.#sent ? Date.now() : 0;
    if (this.#answered) return;
    this.#answered = true;
    this.#backoff.reset();
    this.#sent = stored;
    this.#unsent.clear();
    for (const observation of this.d.observations.all())
      if (observation.sequence > stored && this.d.reports(observation.kind))
        this.#unsent.add(keyOf(observation));
    this.d.log.info({ to: this.d.owner, news: this.#unsent.size }, 'reporting');
    this.#flush();
  }

  /** What comes in the same turn goes out in one message, whose cost is that of some ten observations. */
  #soon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    setImmediate(() => {
      this.#isFlushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    while (this.#answered && !this.#blocked && !this.#closed && (this.#unsent.size > 0 || !this.#complete)) {
      const keys = first(this.#unsent, PAGE);
      for (const key of keys) this.#unsent.delete(key);
      const newest = keys.flatMap((key) => this.d.observations.get(refOf(key)) ?? []);
      const complete = !this.#complete && this.#unsent.size === 0;
      this.#complete ||= complete;
      this.#page(newest, complete);
    }
  }

  /** Whether what was sent is stored is asked until it is; who never answers is given up. */
  #ask(): void {
    const stream = this.#stream;
    if (!stream) return;
    if (this.#askedAt > 0 && Date.now() - this.#askedAt > (this.d.answerMs ?? ANSWER_MS)) {
      stream.cancel();
      return this.#lost(stream, new Error('it does not store what it is sent'));
    }
    if (this.#complete && this.#stored < this.#sent && !this.#blocked) this.#page([], false);
  }

  #page(newest: readonly Observation[], complete: boolean): void {
    this.#sent = newest.at(-1)?.sequence ?? this.#sent;
    if (this.#askedAt === 0) this.#askedAt = Date.now();
    this.#send({ $case: 'page', value: { observed: newest.map(this.d.toWire), complete } });
  }

  #send(said: NonNullable<agentV1.ReportRequest['said']>): void {
    if (!this.#stream) return;
    passing('before report', said.$case);
    this.#blocked = !this.#stream.write({ said });
    passing('after report', said.$case);
  }

  #lost(stream: ReportStream, error: unknown): void {
    if (stream !== this.#stream || this.#closed) return;
    this.#stream = undefined;
    this.#answered = false;
    stream.on('error', () => undefined); // a dead stream's later errors are no news, and must not end the process
    const wait = this.#backoff.next();
    this.d.log.warn({ err: error, to: this.d.owner, retryInMs: wait }, 'reports wait: their stream is gone');
    this.#retry = setTimeout(() => this.#connect(), wait);
  }
}

function first(set: ReadonlySet<string>, most: number): string[] {
  const found: string[] = [];
  for (const one of set) {
    if (found.length >= most) break;
    found.push(one);
  }
  return found;
}
