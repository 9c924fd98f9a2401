/** The request of one page: how many, and after which. */
export interface PageRequest {
  page_size?: number;
  page_token?: string;
}

/** The most that the API answers at once. */
const largestPage = 500;

/**
 * A list that the API answers page by page. Iterate for all items, `page()` for one page as the API answers it,
 * `take(n)` for at most so many. Nothing is fetched before it is asked for.
 */
export class Pages<T, A = unknown> implements AsyncIterable<T> {
  constructor(
    private readonly fetchPage: (page: PageRequest) => Promise<A>,
    private readonly field: string,
    private readonly first: PageRequest = {},
  ) {}

  /** The first page, or the one that `page_token` (an earlier answer's `next_page_token`) names. */
  page(page: PageRequest = {}): Promise<A> {
    return this.fetchPage({ ...this.first, ...page });
  }

  /** Page by page, each as the API answers it. */
  async *pages(): AsyncGenerator<A, void, undefined> {
    let token: string | undefined;
    do {
      const answer = await this.page(token === undefined ? {} : { page_token: token });
      yield answer;
      token = nextToken(answer);
    } while (token !== undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const answer of this.pages()) yield* this.itemsOf(answer);
  }

  /** Up to `limit` items in as few requests as can be, and the token of what was left out. */
  async take(limit: number): Promise<{ items: T[]; next_page_token?: string }> {
    const items: T[] = [];
    let token = this.first.page_token;
    for (;;) {
      const answer = await this.page({
        page_size: Math.min(largestPage, limit - items.length),
        page_token: token,
      });
      items.push(...this.itemsOf(answer));
      token = nextToken(answer);
      if (token === undefined || items.length >= limit) return { items, next_page_token: token };
    }
  }

  private itemsOf(answer: A): T[] {
    return ((answer as Record<string, unknown>)[this.field] ?? []) as T[];
  }
}

function nextToken(answer: unknown): string | undefined {
  return (answer as { next_page_token?: string }).next_page_token || undefined;
}
