import type { RequestContext } from '@thecloud/service-kit';
import { errors } from '../errors';

/** Of one person, over all projects and credentials; half of what a host has room for. */
const MOST = 256;

/** Bounds the calls that hold a connection to an agent, by the person who makes them. Each replica counts its own. */
export class PersonStreams {
  readonly #open = new Map<string, number>();

  constructor(private readonly most = MOST) {}

  /** Persons with anything open. */
  get size(): number {
    return this.#open.size;
  }

  /** Holds a place from the first read to the end. @throws CloudError TOO_MANY_STREAMS, from the first read */
  async *stream<T>(ctx: RequestContext, open: () => AsyncIterable<T>): AsyncGenerator<T> {
    const release = this.#take(ctx);
    try {
      yield* open();
    } finally {
      release();
    }
  }

  /** Holds a place until it has ended. @throws CloudError TOO_MANY_STREAMS */
  async call<T>(ctx: RequestContext, work: () => Promise<T>): Promise<T> {
    const release = this.#take(ctx);
    try {
      return await work();
    } finally {
      release();
    }
  }

  #take({ principal }: RequestContext): () => void {
    const person = principal?.userId ?? '';
    const open = this.#open.get(person) ?? 0;
    if (open >= this.most) throw errors.TOO_MANY_STREAMS({ limit: String(this.most) });
    this.#open.set(person, open + 1);
    return () => {
      const left = (this.#open.get(person) ?? 1) - 1;
      if (left > 0) this.#open.set(person, left);
      else this.#open.delete(person);
    };
  }
}
