/** Services take messages up to 4 MiB, their clients up to 16: several share one only below this. */
const FULL_BYTES = 1 << 20;

/** What goes together in one message of a lane, in order. One that is large goes alone. */
export function batchesOf<T extends { readonly message: Uint8Array }>(all: readonly T[]): T[][] {
  const batches: T[][] = [];
  let bytes = Infinity;
  for (const one of all) {
    if (bytes + one.message.length > FULL_BYTES) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(one);
    bytes += one.message.length;
  }
  return batches;
}
