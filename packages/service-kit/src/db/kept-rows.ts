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
   * The bytes of these rows, in their order. `read` answers with those of the ids that still are, as they are by then;
   * `encode` makes the bytes of one.
   */
  async show<Row extends RowVersion>(
    versions: readonly RowVersion[],
    read: (ids: string[]) => Promise<Row[]>,
    encode: (row: Row) => Uint8Array,
  ): Promise<Buffer[]> {
    const shown = new Map<string, Buffer>();
    const missing: string[] = [];
    for (const { id, xmin } of versions) {
      const kept = this.#kept.get(id);
      if (kept?.xmin === xmin) shown.set(id, kept.bytes);
      else missing.push(id);
    }
    for (const row of missing.length > 0 ? await read(missing) : []) {
      const bytes = Buffer.from(encode(row)); // of its own: what it was cut from is not kept with it
      shown.set(row.id, bytes);
      this.#kept.set(row.id, { xmin: row.xmin, bytes });
    }
    return versions.flatMap(({ id }) => shown.get(id) ?? []);
  }
}
