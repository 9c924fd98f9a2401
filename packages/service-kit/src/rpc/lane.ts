import { randomUUID } from 'node:crypto';
import { commonV1, methodByPath } from '@thecloud/api';
import type { MethodEntry } from '@thecloud/api';
import { commonErrors } from '@thecloud/kernel';
import type { RequestContext } from '../context';
import type { Logger } from '../log';
import type { RpcMetrics } from '../telemetry/metrics';
import { serverSpan } from '../telemetry/tracing';
import { admit, asCloudError, basicsOf } from './admit';
import { batchesOf } from './batches';
import { implement } from './implement';
import type { Implementation } from './implement';
import type { TokenVerifier } from './tokens';
import { Turns } from './turns';
import { toStatus } from './wire-errors';

export interface LaneOptions {
  /** Whose unary methods may be called. */
  readonly services: readonly Implementation[];
  readonly tokens?: TokenVerifier;
  readonly log: Logger;
  readonly metrics: RpcMetrics;
}

interface Unary {
  readonly method: MethodEntry;
  decode(bytes: Buffer): object;
  encode(message: object): Buffer;
  readonly handler: (ctx: RequestContext, request: object) => Promise<object>;
}

/** Calls of one lane at a time, answers that wait to be sent included. */
const MOST_CALLS = 1_000;
const LONGEST_MS = 90_000;

/** Handlers of LaneService: its calls pass the same gates as calls of their own, in the same order. */
export function laneRpc(options: LaneOptions, stopping: AbortSignal): Implementation {
  const methods = new Map(options.services.flatMap(unaryMethods));
  return implement<commonV1.LaneServiceServer>(commonV1.LaneServiceService, {
    carry: async function* (ctx, requests) {
      ctx.accept();
      const lane = new Lane(ctx, methods, options);
      const close = () => lane.answers.push({ closing: true });
      stopping.addEventListener('abort', close, { once: true });
      ctx.signal.addEventListener('abort', () => lane.answers.end(() => true), { once: true });
      void lane.read(requests);
      try {
        for await (const batch of lane.answers) {
          const answers = batch.flatMap((one) => ('closing' in one ? [] : [one]));
          lane.sent(answers.length);
          const closing = answers.length < batch.length;
          if (answers.length === 0) yield { answers, closing };
          for (const some of batchesOf(answers)) yield { answers: some, closing };
        }
      } finally {
        stopping.removeEventListener('abort', close);
        lane.abandon();
      }
    },
  });
}

function unaryMethods({ definition, handlers }: Implementation): [string, Unary][] {
  return Object.entries(definition).flatMap(([name, wire]): [string, Unary][] => {
    const method = methodByPath(wire.path);
    if (!method || wire.requestStream || wire.responseStream) return [];
    const { requestDeserialize: decode, responseSerialize: encode } = wire;
    return [[wire.path, { method, decode, encode, handler: handlers[name] as Unary['handler'] }]];
  });
}

class Lane {
  readonly answers = new Turns<commonV1.LaneAnswer | { closing: true }>();
  readonly #underway = new Map<number, AbortController>();
  #unsent = 0;

  constructor(
    private readonly carrier: RequestContext,
    private readonly methods: ReadonlyMap<string, Unary>,
    private readonly options: LaneOptions,
  ) {}

  /** Takes calls until the client ends its side; the answers end when the last of them is given. */
  async read(requests: AsyncIterable<commonV1.CarryRequest>): Promise<void> {
    try {
      for await (const request of requests)
        for (const call of request.calls) {
          if (call.path === '') this.#underway.get(call.id)?.abort(commonErrors.CANCELLED({}));
          else void this.#take(call);
        }
    } catch {
      this.abandon(); // the connection is gone, and with it whoever waits
    }
    this.answers.end(() => this.#underway.size === 0);
  }

  sent(count: number): void {
    this.#unsent -= count;
  }

  /** Nobody waits any more. */
  abandon(): void {
    for (const aborter of this.#underway.values()) aborter.abort(commonErrors.CANCELLED({}));
  }

  async #take(call: commonV1.LaneCall): Promise<void> {
    const aborter = new AbortController();
    const started = performance.now();
    const timeout = () => aborter.abort(commonErrors.DEADLINE_EXCEEDED({}));
    const timer = setTimeout(timeout, Math.min(call.timeoutMs || LONGEST_MS, LONGEST_MS)).unref();
    this.#underway.set(call.id, aborter);
    const answer = await this.#answer(call, aborter.signal, started);
    clearTimeout(timer);
    this.#underway.delete(call.id);
    this.#unsent++;
    this.answers.push(answer);
  }

  async #answer(call: commonV1.LaneCall, signal: AbortSignal, started: number): Promise<commonV1.LaneAnswer> {
    const { log, metrics, tokens } = this.options;
    const unary = this.methods.get(call.path);
    if (!unary) return failed(call.id, commonErrors.UNIMPLEMENTED({ method: call.path }));
    const { method } = unary;
    const header = (name: string) => call.metadata[name];
    const requestId = header('x-request-id') ?? randomUUID();
    const basics = basicsOf(log, method.rpc, { requestId, signal, accept: () => undefined });
    const observe = (code: string) => metrics.observe(method, code, (performance.now() - started) / 1000);
    try {
      if (this.#underway.size + this.#unsent > MOST_CALLS)
        throw commonErrors.UNAVAILABLE({ what: 'This replica' });
      const message = await serverSpan(method.path, { get: (name) => [header(name) ?? ''] }, async () => {
        const request = unary.decode(call.message);
        const ctx = await admit({ method, peer: this.carrier.peer, header, request }, basics, tokens);
        return unary.encode(await unary.handler(ctx, request));
      });
      observe('OK');
      return { id: call.id, message, code: 0, details: '', statusDetails: EMPTY };
    } catch (thrown) {
      const error = asCloudError(thrown, basics);
      observe(error.code);
      return failed(call.id, error);
    }
  }
}

const EMPTY = Buffer.alloc(0);

function failed(id: number, error: Parameters<typeof toStatus>[0]): commonV1.LaneAnswer {
  const { code, message, encoded } = toStatus(error);
  return { id, message: EMPTY, code, details: message, statusDetails: encoded };
}
