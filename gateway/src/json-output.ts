const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const ZERO = 0x30;

/** By byte: how a string of JSON spells what cannot stand in it as it is. All of those are ASCII. */
const escapes = new Map(
  Array.from({ length: 0x60 }, (_, byte) => byte)
    .filter((byte) => byte < SPACE || byte === QUOTE || byte === BACKSLASH)
    .map((byte) => [byte, Buffer.from(JSON.stringify(String.fromCharCode(byte)).slice(1, -1))] as const),
);
/** `\u0000`: what one byte may grow to. */
const LONGEST_ESCAPE = 6;
const LARGEST_KEPT = 256 * 1024;

/**
 * JSON as it grows, in bytes of UTF-8. Most pieces are short, and for those a loop here is faster than a call into
 * native code.
 */
export class JsonOutput {
  #bytes = Buffer.allocUnsafeSlow(64 * 1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  copy(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  clear(): void {
    this.#length = 0;
    // One huge answer is no reason to hold on to as much for good.
    if (this.#bytes.length > LARGEST_KEPT) this.#bytes = Buffer.allocUnsafeSlow(LARGEST_KEPT);
  }

  raw(piece: Uint8Array): void {
    this.#reserve(piece.length);
    const to = this.#bytes;
    const at = this.#length;
    for (let i = 0; i < piece.length; i++) to[at + i] = piece[i]!;
    this.#length = at + piece.length;
  }

  /** Text without anything beyond ASCII. */
  ascii(text: string): void {
    this.#reserve(text.length);
    const to = this.#bytes;
    const at = this.#length;
    if (text.length > 64) to.write(text, at, 'latin1');
    else for (let i = 0; i < text.length; i++) to[at + i] = text.charCodeAt(i);
    this.#length = at + text.length;
  }

  /** Decimal, with zeros before it. */
  digits(value: number, count: number): void {
    this.#reserve(count);
    const to = this.#bytes;
    for (let at = this.#length + count - 1, rest = value; at >= this.#length; at--) {
      to[at] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    this.#length += count;
  }

  /** A string whose UTF-8 stands between these places of `bytes`. */
  string(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve((end - start) * LONGEST_ESCAPE + 2);
    const to = this.#bytes;
    let at = this.#length;
    to[at++] = QUOTE;
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      if (byte >= SPACE && byte !== QUOTE && byte !== BACKSLASH) to[at++] = byte;
      else for (const part of escapes.get(byte)!) to[at++] = part;
    }
    to[at++] = QUOTE;
    this.#length = at;
  }

  /** Puts what was written since `begun` in brackets. It has a comma before each of its parts: the first goes. */
  enclose(begun: number, [open, close]: readonly [number, number]): void {
    this.#reserve(2);
    if (this.#length === begun) this.#length++;
    this.#bytes[begun] = open;
    this.#bytes[this.#length++] = close;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
