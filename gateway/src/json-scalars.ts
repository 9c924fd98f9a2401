import { ScalarType } from '@bufbuild/protobuf';
import type { BinaryReader } from '@bufbuild/protobuf/wire';
import type { JsonOutput } from './json-output';

/** A message's bytes, where it is read, and where its JSON goes. */
export interface Transfer {
  readonly bytes: Buffer;
  readonly reader: BinaryReader;
  readonly out: JsonOutput;
}

/** Writes one value, at whose first byte the reader stands. */
export type Value = (transfer: Transfer) => void;

/** Takes the bytes of a length-delimited value: where they begin; they end where the reader then stands. */
function take({ bytes, reader }: Transfer): number {
  const length = reader.uint32();
  const start = reader.pos;
  reader.pos = start + length;
  if (reader.pos > bytes.length) throw new RangeError('the message ends within a field');
  return start;
}

const bare =
  (read: (reader: BinaryReader) => unknown): Value =>
  ({ reader, out }) =>
    out.ascii(String(read(reader)));

const quoted =
  (read: (reader: BinaryReader) => unknown): Value =>
  ({ reader, out }) =>
    out.ascii(`"${read(reader) as bigint}"`);

const float = (value: number) => (Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`);

export const scalars: Readonly<Record<ScalarType, Value>> = {
  [ScalarType.STRING]: (transfer) => {
    const start = take(transfer);
    transfer.out.string(transfer.bytes, start, transfer.reader.pos);
  },
  [ScalarType.BYTES]: (transfer) => {
    const start = take(transfer);
    transfer.out.ascii(`"${transfer.bytes.toString('base64', start, transfer.reader.pos)}"`);
  },
  [ScalarType.BOOL]: bare((reader) => reader.bool()),
  [ScalarType.INT32]: bare((reader) => reader.int32()),
  [ScalarType.UINT32]: bare((reader) => reader.uint32()),
  [ScalarType.SINT32]: bare((reader) => reader.sint32()),
  [ScalarType.FIXED32]: bare((reader) => reader.fixed32()),
  [ScalarType.SFIXED32]: bare((reader) => reader.sfixed32()),
  [ScalarType.INT64]: quoted((reader) => reader.int64()),
  [ScalarType.UINT64]: quoted((reader) => reader.uint64()),
  [ScalarType.SINT64]: quoted((reader) => reader.sint64()),
  [ScalarType.FIXED64]: quoted((reader) => reader.fixed64()),
  [ScalarType.SFIXED64]: quoted((reader) => reader.sfixed64()),
  [ScalarType.DOUBLE]: bare((reader) => float(reader.double())),
  [ScalarType.FLOAT]: bare((reader) => float(reader.float())),
};

const longs = new Set([
  ScalarType.INT64,
  ScalarType.UINT64,
  ScalarType.SINT64,
  ScalarType.FIXED64,
  ScalarType.SFIXED64,
]);

/** The JSON of a scalar that is not there. */
export function zero(type: ScalarType): string {
  if (type === ScalarType.BOOL) return 'false';
  if (type === ScalarType.STRING || type === ScalarType.BYTES) return '""';
  return longs.has(type) ? '"0"' : '0';
}

export const isNumeric = (type: ScalarType) => type !== ScalarType.STRING && type !== ScalarType.BYTES;

/** google.protobuf.Timestamp of that many bytes: RFC 3339 with 0, 3, 6 or 9 digits of a second, as many as it takes. */
export function timestamp(transfer: Transfer, length: number): void {
  const { reader, out } = transfer;
  let seconds = 0;
  let nanos = 0;
  for (const end = reader.pos + length; reader.pos < end;) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) seconds = int64(transfer);
    else if (tag >>> 3 === 2) nanos = reader.int32();
    else reader.skip(tag & 7, tag >>> 3);
  }
  const date = new Date(seconds * 1000);
  out.ascii('"');
  out.digits(date.getUTCFullYear(), 4);
  out.ascii('-');
  out.digits(date.getUTCMonth() + 1, 2);
  out.ascii('-');
  out.digits(date.getUTCDate(), 2);
  out.ascii('T');
  out.digits(date.getUTCHours(), 2);
  out.ascii(':');
  out.digits(date.getUTCMinutes(), 2);
  out.ascii(':');
  out.digits(date.getUTCSeconds(), 2);
  if (nanos !== 0) {
    out.ascii('.');
    if (nanos % 1_000_000 === 0) out.digits(nanos / 1_000_000, 3);
    else if (nanos % 1_000 === 0) out.digits(nanos / 1_000, 6);
    else out.digits(nanos, 9);
  }
  out.ascii('Z"');
}

/** As a number, without making a bigint of what takes up to 42 bits: every second until the year 141000. */
function int64({ bytes, reader }: Transfer): number {
  const start = reader.pos;
  for (let value = 0, scale = 1, at = start; at < start + 6; scale *= 0x80) {
    const byte = bytes[at++]!;
    value += (byte & 0x7f) * scale;
    if (byte > 0x7f) continue;
    reader.pos = at;
    return value;
  }
  return Number(reader.int64());
}
