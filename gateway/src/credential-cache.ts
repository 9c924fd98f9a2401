import type { CloudError } from '@thecloud/kernel';

interface Kept<T> {
  readonly value: T;
  readonly until: number;
}

/** At most `max` entries, least recently used thrown out first; each good until its own time. */
class LruCache<T> {
  readonly #kept = new Map<string, Kept<T>>();
  constructor(private readonly max: number) {}

  get(key: string, now: number): T | undefined {
    const kept = this.#kept.get(key);
    if (!kept) return undefined;
    this.#kept.delete(key);
    if (kept.until <= now) return undefined;
    this.#kept.set(key, kept);
    return kept.value;
  }

  set(key: string, value: T, until: number): void {
    this.#kept.delete(key);
    this.#kept.set(key, { value, until });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.max) break;
      this.#kept.delete(oldest);
    }
  }
}

export interface CacheLimits {
  readonly entries: number;
  /** How long a good answer counts, ms from when it was asked for: the bound on how long a revoked key works. */
  readonly goodMs: number;
  readonly badMs: number;
}

/**
 * Remembers what credentials turned into. Askers of the same key at the same time share one exchange.
 * Refusals stand in a cache of their own, so that guessing cannot push valid callers out.
 */
export class CredentialCache<T> {
  readonly #good: LruCache<T>;
  readonly #bad: LruCache<CloudError>;
  readonly #underway = new Map<string, Promise<T>>();

  constructor(
    private readonly limits: CacheLimits,
    /** Which failures are answers about the credential, and not about the weather. */
    private readonly isRefusal: (error: unknown) => error is CloudError,
    private readonly now: () => number = Date.now,
  ) {
    this.#good = new LruCache(limits.entries);
    this.#bad = new LruCache(limits.entries);
  }

  async get(key: string, exchange: () => Promise<T>): Promise<T> {
    const asked = this.now();
    const good = this.#good.get(key, asked);
    if (good !== undefined) return good;
    const bad = this.#bad.get(key, asked);
    if (bad) throw bad;
    const underway = this.#underway.get(key) ?? this.#start(key, asked, exchange);
    return underway;
  }

  #start(key: string, asked: number, exchange: () => Promise<T>): Promise<T> {
    const started = exchange()
      .then((value) => {
        this.#good.set(key, value, asked + this.limits.goodMs);
        return value;
      })
      .catch((error: unknown) => {
        if (this.isRefusal(error)) this.#bad.set(key, error, asked + this.limits.badMs);
        throw error;
      })
      .finally(() => this.#underway.delete(key));
    this.#underway.set(key, started);
    return started;
  }
}
