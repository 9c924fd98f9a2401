import { LRUCache } from 'lru-cache';

/** A row as one transaction left it. */
export interface RowVersion {
  readonly id: string;
  /** PostgreSQL's `xmin`: the transaction that wrote it last. */
  readonly xmin: string;
}

/** In bytes, of all that one service keeps of one kind of row. */
const KEEP = 16 << 20;
/** What an entry takes besides its bytes, about. */
const ENTRY = 256;
/** Rows that are looked at together: before it is known how large they are, and at most. */
const FIRST_LOOK = 32;
const LARGEST_LOOK = 500;

/**
 * What callers are told of rows, in the bytes of the answer, by the version of the row. Whoever reads asks the database
 * which rows there are for him, and in which version; what is known in that version is not read, decoded and encoded
 * again, which is most of what a page costs. So nothing here is ever out of date, nor shown to whom its row is not.
 */
export class KeptRows {
  readonly #kept = new LRUCache<string, { readonly xmin: string; readonly bytes: Buffer }>({
    maxSize: KEEP,
    sizeCalculation: ({ bytes }) => bytes.length + ENTRY,
  });

  /**
   * The bytes of these rows, in their order, as many of the first as come to `mostBytes` (one at least), and of how many
   * of the rows that is all. `read` answers with those of the ids that still are, as they are by then; `encode` makes the
   * bytes of one. Rows that are large are read a few at a time.
   */
  async show<Row extends RowVersion>(
    versions: readonly RowVersion[],
    read: (ids: string[]) => Promise<Row[]>,
    encode: (row: Row) => Uint8Array,
    mostBytes = Infinity,
  ): Promise<{ items: Buffer[]; shown: number }> {
    const items: Buffer[] = [];
    let bytes = 0;
    let shown = 0;
    for (let next = FIRST_LOOK; shown < versions.length; next = lookFor(mostBytes - bytes, bytes / shown)) {
      const some = versions.slice(shown, shown + next);
      const found = await this.#look(some, read, encode);
      for (const { id } of some) {
        const item = found.get(id);
        if (item && items.length > 0 && bytes + item.length > mostBytes) return { items, shown };
        shown++;
        if (!item) continue;
        items.push(item);
        bytes += item.length;
      }
    }
    return { items, shown };
  }

  async #look<Row extends RowVersion>(
    versions: readonly RowVersion[],
    read: (ids: string[]) => Promise<Row[]>,
    encode: (row: Row) => Uint8Array,
  ): Promise<ReadonlyMap<string, Buffer>> {
    const found = new Map<string, Buffer>();
    const missing: string[] = [];
    for (const { id, xmin } of versions) {
      const kept = this.#kept.get(id);
      if (kept?.xmin === xmin) found.set(id, kept.bytes);
      else missing.push(id);
    }
    for (const row of missing.length > 0 ? await read(missing) : []) {
      const bytes = Buffer.from(encode(row)); // of its own: what it was cut from is not kept with it
      found.set(row.id, bytes);
      this.#kept.set(row.id, { xmin: row.xmin, bytes });
    }
    return found;
  }
}

/** How many rows to look at next, so that about so many bytes are read. */
const lookFor = (bytes: number, each: number): number =>
  Math.max(1, Math.min(LARGEST_LOOK, Math.floor(bytes / Math.max(1, each))));
