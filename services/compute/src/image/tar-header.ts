export const BLOCK = 512;

/** One header block of a tarball, of any format: v7, ustar, GNU, star. Names have one character a byte. */
export interface TarHeader {
  readonly name: string;
  readonly linkname: string;
  /** The type flag as a character: '0' file, '1' hard link, '2' symbolic link, '5' directory, … */
  readonly type: string;
  readonly size: number;
}

/** Undefined for a block that is no header: a wrong checksum, or a number that is none. */
export function parseHeader(block: Buffer): TarHeader | undefined {
  if (!hasItsChecksum(block)) return undefined;
  const magic = block.toString('latin1', 257, 265);
  const numbers = [
    [100, 8],
    [108, 8],
    [116, 8],
    [136, 12],
  ]; // mode, uid, gid, mtime
  if (magic.startsWith('ustar')) numbers.push([329, 8], [337, 8]); // device numbers
  if (numbers.some(([at = 0, length = 0]) => numberAt(block, at, length) === undefined)) return undefined;
  const size = numberAt(block, 124, 12);
  if (size === undefined || size < 0 || !Number.isSafeInteger(size)) return undefined;
  const name = textAt(block, 0, 100);
  // GNU keeps other things where ustar keeps the prefix; star keeps times in its end.
  const star = block.toString('latin1', 508, 512) === 'tar\0';
  const prefix = magic.startsWith('ustar\0') ? textAt(block, 345, star ? 131 : 155) : '';
  return {
    name: prefix ? `${prefix}/${name}` : name,
    linkname: textAt(block, 157, 100),
    type: String.fromCharCode(block[156] ?? 0),
    size,
  };
}

export const isZero = (block: Buffer): boolean => block.every((byte) => byte === 0);

/** Sums of bytes, the checksum's own eight taken as spaces. Some old programs added signed bytes. */
function hasItsChecksum(block: Buffer): boolean {
  const expected = numberAt(block, 148, 8);
  let unsigned = 0;
  let signed = 0;
  for (const [at, byte] of block.entries()) {
    const counted = at >= 148 && at < 156 ? 0x20 : byte;
    unsigned += counted;
    signed += counted > 127 ? counted - 256 : counted;
  }
  return expected === unsigned || expected === signed;
}

/** Octal digits, or base 256 where the first bit is set. */
function numberAt(block: Buffer, at: number, length: number): number | undefined {
  const first = block[at] ?? 0;
  if (first & 0x80) {
    const negative = (first & 0x40) !== 0;
    let value = negative ? (first & 0x7f) - 0x80 : first & 0x7f;
    for (const byte of block.subarray(at + 1, at + length)) value = value * 256 + byte;
    return value;
  }
  const digits = block
    .toString('latin1', at, at + length)
    .replace(/^[ \0]+|[ \0]+$/g, '')
    .replace(/\0.*$/s, '');
  if (digits === '') return 0;
  return /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : undefined;
}

function textAt(block: Buffer, at: number, length: number): string {
  return block.toString('latin1', at, at + length).replace(/\0.*$/s, '');
}
