import { Pages, type PageRequest } from './pages';

/** Numbers from 0, in pages; notes what was asked for. */
function numbers(total: number, first: PageRequest = {}) {
  const asked: PageRequest[] = [];
  const pages = new Pages<number, { numbers: number[]; next_page_token: string }>(
    (page) => {
      asked.push(page);
      const from = Number(page.page_token ?? 0);
      const to = Math.min(total, from + (page.page_size ?? 3));
      const items = Array.from({ length: to - from }, (_, index) => from + index);
      return Promise.resolve({ numbers: items, next_page_token: to < total ? String(to) : '' });
    },
    'numbers',
    first,
  );
  return { pages, asked };
}

describe('Pages', () => {
  it('iterates over all items, and fetches no page before it is needed', async () => {
    const { pages, asked } = numbers(7);
    const seen: number[] = [];
    for await (const number of pages) {
      seen.push(number);
      if (number === 2) expect(asked).toHaveLength(1);
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(asked).toHaveLength(3);
  });

  it('fetches nothing more once its reader has seen enough', async () => {
    const { pages, asked } = numbers(1000);
    for await (const number of pages) if (number === 1) break;
    expect(asked).toHaveLength(1);
  });

  it('answers with one page as the API does, and goes on from its token', async () => {
    const { pages } = numbers(4, { page_size: 2 });
    const first = await pages.page();
    expect(first).toEqual({ numbers: [0, 1], next_page_token: '2' });
    expect(await pages.page({ page_token: first.next_page_token })).toEqual({
      numbers: [2, 3],
      next_page_token: '',
    });
  });

  it('takes so many in as few requests as can be', async () => {
    const { pages, asked } = numbers(2000);
    const { items, next_page_token } = await pages.take(700);
    expect(items).toHaveLength(700);
    expect(next_page_token).toBe('700');
    expect(asked.map(({ page_size }) => page_size)).toEqual([500, 200]);
    expect(await numbers(2).pages.take(10)).toEqual({ items: [0, 1], next_page_token: undefined });
  });
});
