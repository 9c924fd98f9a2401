import type { Io } from './io';

/** Standard input as it comes, which is bytes whatever the stream calls them. */
export async function* stdinBytes({ stdin }: Io): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for await (const piece of stdin) yield new Uint8Array(Buffer.from(piece));
}
