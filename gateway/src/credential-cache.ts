import { LRUCache } from 'lru-cache';
import type { CloudError } from '@thecloud/kernel';

export interface CacheLimits {
  readonly entries: number;
  /** How long a good answer counts, ms from when it was asked for: the bound on how long a revoked key works. */
  readonly goodMs: number;
  readonly badMs: number;
}

interface Answer<T> {
  readonly value: T;
  readonly asked: number;
}

/**
 * Remembers what credentials turned into. Askers of the same key at the same time share one exchange, and whoever keeps
 * asking does not wait for the next one: it is made while the answer before still counts.
 * Refusals stand in a cache of their own, so that guessing cannot push valid callers out.
 */
export class CredentialCache<T> {
  readonly #good: LRUCache<string, Answer<T>>;
  readonly #bad: LRUCache<string, Answer<CloudError>>;
  readonly #underway = new Map<string, Promise<T>>();

  constructor(
    private readonly limits: CacheLimits,
    /** Which failures are answers about the credential, and not about the weather. */
    private readonly isRefusal: (error: unknown) => error is CloudError,
    private readonly now: () => number = Date.now,
  ) {
    this.#good = new LRUCache({ max: limits.entries });
    this.#bad = new LRUCache({ max: limits.entries });
  }

  async get(key: string, exchange: () => Promise<T>): Promise<T> {
    const { goodMs, badMs } = this.limits;
    const now = this.now();
    const good = this.#good.get(key);
    if (good && now < good.asked + goodMs) {
      if (now >= good.asked + goodMs / 2) this.#ask(key, exchange).catch(() => undefined); // who asks next will hear of it
      return good.value;
    }
    const bad = this.#bad.get(key);
    if (bad && now < bad.asked + badMs) throw bad.value;
    return this.#ask(key, exchange);
  }

  #ask(key: string, exchange: () => Promise<T>): Promise<T> {
    const underway = this.#underway.get(key);
    if (underway) return underway;
    const asked = this.now();
    const asking = exchange()
      .then((value) => {
        this.#good.set(key, { value, asked });
        return value;
      })
      .catch((error: unknown) => {
        if (this.isRefusal(error)) {
          this.#good.delete(key);
          this.#bad.set(key, { value: error, asked });
        }
        throw error;
      })
      .finally(() => this.#underway.delete(key));
    this.#underway.set(key, asking);
    return asking;
  }
}
