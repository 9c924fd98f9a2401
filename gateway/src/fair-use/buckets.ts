/** A bucket refills at `perSecond` and holds at most `burst` tokens; a request takes one. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface Verdict {
  readonly allowed: boolean;
  readonly limit: number;
  /** Whole tokens left. */
  readonly remaining: number;
  /** Until the bucket is full again, whole seconds. */
  readonly resetSeconds: number;
  /** Until there is a token again, whole seconds, at least 1; 0 if there is one. */
  readonly retryAfterSeconds: number;
}

interface Bucket {
  tokens: number;
  /** When `tokens` was right, ms. */
  at: number;
}

/**
 * Token buckets by key, at most `most` of them: the one unused for longest is forgotten, and would begin full. What
 * other replicas let through may take a bucket below zero, by one burst at most; so the sum is kept.
 */
export class Buckets {
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    private readonly rate: Rate,
    private readonly most: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get size(): number {
    return this.#buckets.size;
  }

  take(key: string): Verdict {
    const bucket = this.#bucket(key);
    const allowed = bucket.tokens >= 1;
    if (allowed) bucket.tokens -= 1;
    return this.#verdict(bucket, allowed);
  }

  /** Takes what somebody else has let through already. */
  spend(key: string, tokens: number): void {
    const bucket = this.#bucket(key);
    bucket.tokens = Math.max(-this.rate.burst, bucket.tokens - tokens);
  }

  #bucket(key: string): Bucket {
    const { perSecond, burst } = this.rate;
    const now = this.now();
    const known = this.#buckets.get(key);
    if (known) {
      this.#buckets.delete(key); // and in again: newest last
      known.tokens = Math.min(burst, known.tokens + ((now - known.at) / 1000) * perSecond);
      known.at = now;
    }
    const bucket = known ?? { tokens: burst, at: now };
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.most) this.#buckets.delete(this.#buckets.keys().next().value!);
    return bucket;
  }

  #verdict({ tokens }: Bucket, allowed: boolean): Verdict {
    const { perSecond, burst } = this.rate;
    return {
      allowed,
      limit: burst,
      remaining: Math.max(0, Math.floor(tokens)),
      resetSeconds: Math.ceil((burst - tokens) / perSecond),
      retryAfterSeconds: allowed ? 0 : Math.max(1, Math.ceil((1 - tokens) / perSecond)),
    };
  }
}
