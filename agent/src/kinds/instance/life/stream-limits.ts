import { errors } from '../../../errors';

const MOST = { anInstance: 32, theHost: 512 };

/** Bounds the open streams of logs, exec and stats, so that one tenant cannot take a host's memory, or its share. */
export class StreamLimits {
  readonly #open = new Map<string, number>();
  #all = 0;

  constructor(private readonly most = MOST) {}

  get open(): number {
    return this.#all;
  }

  /** @returns what gives the place back. @throws CloudError TOO_MANY_STREAMS */
  take(id: string): () => void {
    const { anInstance, theHost } = this.most;
    const mine = this.#open.get(id) ?? 0;
    if (mine >= anInstance)
      throw errors.TOO_MANY_STREAMS({ what: `Instance ${id}`, limit: String(anInstance) });
    if (this.#all >= theHost)
      throw errors.TOO_MANY_STREAMS({ what: 'The host of the instance', limit: String(theHost) });
    this.#open.set(id, mine + 1);
    this.#all++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#all--;
      const left = (this.#open.get(id) ?? 1) - 1;
      if (left > 0) this.#open.set(id, left);
      else this.#open.delete(id);
    };
  }
}
