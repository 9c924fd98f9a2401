import { Metadata, status } from '@grpc/grpc-js';
import type { Client, ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { commonV1 } from '@thecloud/api';
import { batchesOf } from './batches';

type Stream = ClientDuplexStream<commonV1.CarryRequest, commonV1.CarryResponse>;

export interface LaneCallOptions {
  readonly metadata: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Aborting it cancels the call. */
  readonly signal?: AbortSignal;
}

interface Pending {
  readonly timer: NodeJS.Timeout;
  /** Listens no longer for its caller's signal. */
  detach(): void;
  resolve(answer: Buffer): void;
  reject(error: ServiceError | LaneBroken): void;
}

/** An answer, and who waits for it, if anybody still does. */
interface Settled {
  readonly answer: commonV1.LaneAnswer;
  readonly pending: Pending | undefined;
}

/** The lane broke before the answer came; whether the call was carried out is not known. */
export class LaneBroken extends Error {}

const { path, requestSerialize, responseDeserialize } = commonV1.LaneServiceService.carry;
const AGAIN_MS = 500;
/** Answers passed on in one turn of the event loop. */
const AT_A_TURN = 8;

/**
 * Many unary calls at a time to one replica, over one stream (see LaneService). Calls that start in the same turn of
 * the event loop travel in one message. A stream that ends is opened again, for as long as the lane is open.
 */
export class Lane {
  #stream: Stream | undefined;
  #usable = false;
  #closed = false;
  #retired = false;
  #again: NodeJS.Timeout | undefined;
  #nextId = 1;
  #queue: commonV1.LaneCall[] = [];
  readonly #pending = new Map<number, Pending>();

  /** lasting: the stream is opened now, and again whenever it ends; otherwise by `open` alone. */
  constructor(
    private readonly client: Client,
    private readonly lasting = true,
  ) {
    if (lasting) this.open();
  }

  /** The replica has accepted the stream, and does not mean to stop. */
  get usable(): boolean {
    return this.#usable;
  }

  /** Calls under way. */
  get load(): number {
    return this.#pending.size;
  }

  /** Rejects with the ServiceError that a gRPC call of its own would have, or with LaneBroken. */
  call(method: string, message: Buffer, { metadata, timeoutMs, signal }: LaneCallOptions): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const id = this.#newId();
      const cancel = () => this.#giveUp(id, status.CANCELLED);
      const timer = setTimeout(() => this.#giveUp(id, status.DEADLINE_EXCEEDED), timeoutMs);
      const detach = () => signal?.removeEventListener('abort', cancel);
      this.#pending.set(id, { timer, detach, resolve, reject });
      this.#send({ id, path: method, metadata: metadata as Record<string, string>, message, timeoutMs });
      if (signal?.aborted) cancel();
      else signal?.addEventListener('abort', cancel, { once: true });
    });
  }

  /** Takes no more calls, and closes when those under way have their answers. */
  retire(): void {
    this.#retired = true;
    this.#usable = false;
    if (this.#pending.size === 0) this.close();
  }

  /** Cuts off what is under way. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    this.#stream?.cancel();
    this.client.close();
  }

  /** Opens the stream, unless there is one. */
  open(): void {
    if (this.#stream || this.#closed) return;
    const stream: Stream = this.client.makeBidiStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      new Metadata(),
    );
    this.#stream = stream;
    stream.on('metadata', () => (this.#usable = !this.#retired));
    stream.on('data', (response: commonV1.CarryResponse) => this.#take(stream, response));
    stream.on('error', () => undefined); // 'status' says it too
    stream.on('status', () => this.#ended(stream));
  }

  #ended(stream: Stream): void {
    if (this.#stream !== stream) return;
    this.#stream = undefined;
    this.#usable = false;
    this.#queue = [];
    for (const [id, { reject }] of this.#pending) {
      this.#settle(id);
      reject(new LaneBroken('the stream to the replica ended'));
    }
    if (this.#retired) this.close();
    if (this.lasting && !this.#closed) this.#again = setTimeout(() => this.open(), AGAIN_MS).unref();
  }

  /** What has an answer is no longer under way: neither the stream's end nor its caller's deadline changes that. */
  #take(stream: Stream, { answers, closing }: commonV1.CarryResponse): void {
    if (closing) this.#usable = false;
    void passOn(answers.map((answer) => ({ answer, pending: this.#settle(answer.id) })));
    if (this.#usable || this.#pending.size > 0) return;
    if (this.#retired) this.close();
    else stream.end();
  }

  #send(call: commonV1.LaneCall): void {
    if (this.#queue.push(call) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const calls = this.#queue;
    this.#queue = [];
    for (const batch of batchesOf(calls)) this.#stream?.write({ calls: batch });
  }

  #giveUp(id: number, code: status): void {
    const pending = this.#settle(id);
    if (!pending) return;
    pending.reject(asError(code, '', EMPTY));
    this.#send({ id, path: '', metadata: {}, message: EMPTY, timeoutMs: 0 });
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    clearTimeout(pending?.timer);
    pending?.detach();
    return pending;
  }

  #newId(): number {
    do this.#nextId = (this.#nextId % 0xffff_ffff) + 1;
    while (this.#pending.has(this.#nextId));
    return this.#nextId;
  }
}

/** A few at a turn: new calls set out while answers to older ones are being passed on, and services are not idle. */
async function passOn(settled: readonly Settled[]): Promise<void> {
  for (const [i, { answer, pending }] of settled.entries()) {
    if (i > 0 && i % AT_A_TURN === 0) await new Promise(setImmediate);
    const { code, message, details, statusDetails } = answer;
    if (code === 0) pending?.resolve(message);
    else pending?.reject(asError(code, details, statusDetails));
  }
}

const EMPTY = Buffer.alloc(0);

function asError(code: number, details: string, statusDetails: Buffer): ServiceError {
  const metadata = new Metadata();
  if (statusDetails.length > 0) metadata.set('grpc-status-details-bin', statusDetails);
  return Object.assign(new Error(details), { code, details, metadata });
}
