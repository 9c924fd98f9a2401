import { fromBinary, ScalarType, toJson } from '@bufbuild/protobuf';
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { registry } from '@thecloud/api';

/** Reads one message of `length` bytes from where the reader stands. */
type Message = (input: Input, length: number) => string;
/** Reads one value, its tag already taken. */
type Value = (input: Input) => string;

interface Input {
  readonly bytes: Buffer;
  readonly reader: BinaryReader;
}

interface Slot {
  readonly key: string;
  /** What stands there if the message has no such field: none for what is optional. */
  readonly absent: string | undefined;
  /** Of a list or map, whose items are collected with a comma before each. */
  readonly brackets?: readonly [open: string, close: string];
  readonly take: (input: Input, wire: WireType, values: (string | undefined)[]) => void;
}

/**
 * Makes what writes messages of a type as canonical proto JSON (names of the proto, zeros and empty lists written out),
 * straight from their bytes: no message and no JSON object is built in between, which is most of what a page of fifty
 * would cost. The same text, as far as JSON tells, as `toJson` of @bufbuild/protobuf, which the test compares it with.
 */
export function jsonWriter(type: DescMessage): (bytes: Buffer) => string {
  const write = messageWriter(type);
  return (bytes) => write({ bytes, reader: new BinaryReader(bytes) }, bytes.length);
}

/** google.protobuf.FeatureSet.FieldPresence. */
const IMPLICIT = 2;
const writers = new Map<string, Message>();

/** Types may nest in themselves: a writer is known before its fields are. */
function messageWriter(type: DescMessage): Message {
  const known = writers.get(type.typeName);
  if (known) return known;
  let made: Message | undefined;
  const lazy: Message = (input, length) => (made ??= compile(type))(input, length);
  writers.set(type.typeName, lazy);
  return lazy;
}

function compile(type: DescMessage): Message {
  if (type.typeName === 'google.protobuf.Timestamp') return timestamp;
  if (type.typeName.startsWith('google.protobuf.')) return wellKnown(type);
  const byNumber: Slot[] = [];
  const slots = type.fields.map((field, at) => (byNumber[field.number] = slotOf(field, at, type)));
  return (input, length) => {
    const { reader } = input;
    const end = reader.pos + length;
    const values: (string | undefined)[] = slots.map(({ absent }) => absent);
    while (reader.pos < end) {
      const tag = reader.uint32();
      const slot = byNumber[tag >>> 3];
      if (slot) slot.take(input, tag & 7, values);
      else reader.skip(tag & 7, tag >>> 3);
    }
    let json = '';
    for (let i = 0; i < slots.length; i++) {
      const value = values[i];
      if (value === undefined) continue;
      const { key, brackets } = slots[i] as Slot;
      const text = brackets ? brackets[0] + value.slice(1) + brackets[1] : value;
      json += (json === '' ? '{' : ',') + key + text;
    }
    return json === '' ? '{}' : `${json}}`;
  };
}

function slotOf(field: DescField, at: number, type: DescMessage): Slot {
  const key = `${JSON.stringify(field.name)}:`;
  if (field.fieldKind === 'list') {
    const read = valueReader(field);
    const packable = field.listKind === 'enum' || (field.listKind === 'scalar' && isNumeric(field.scalar));
    return {
      key,
      absent: '',
      brackets: ['[', ']'],
      take: (input, wire, values) => {
        if (!packable || wire !== WireType.LengthDelimited) return void (values[at] += `,${read(input)}`);
        const length = input.reader.uint32();
        for (const end = input.reader.pos + length; input.reader.pos < end;) values[at] += `,${read(input)}`;
      },
    };
  }
  if (field.fieldKind === 'map') {
    const read = entryReader(field);
    const take: Slot['take'] = (input, _, values) => void (values[at] += `,${read(input)}`);
    return { key, absent: '', brackets: ['{', '}'], take };
  }
  const read = valueReader(field);
  const rivals = field.oneof?.fields.map((other) => type.fields.indexOf(other)) ?? [];
  const implicit = field.fieldKind !== 'message' && field.presence === IMPLICIT;
  return {
    key,
    absent: implicit ? zeroOf(field) : undefined,
    take: (input, _, values) => {
      for (const rival of rivals) values[rival] = undefined; // the last of a oneof counts
      values[at] = read(input);
    },
  };
}

const isNumeric = (type: ScalarType) => type !== ScalarType.STRING && type !== ScalarType.BYTES;

type Single = Exclude<DescField, { fieldKind: 'map' }>;

/** Of a field's value, or of one item of its list. */
function valueReader(field: Single): Value {
  if (field.message) {
    const write = messageWriter(field.message);
    return (input) => write(input, input.reader.uint32());
  }
  if (field.enum) return enumReader(field.enum);
  return scalars[field.scalar as ScalarType];
}

function enumReader(type: NonNullable<DescField['enum']>): Value {
  if (type.typeName === 'google.protobuf.NullValue') return ({ reader }) => (reader.int32(), 'null');
  return ({ reader }) => {
    const number = reader.int32();
    const name = type.value[number]?.name;
    return name === undefined ? String(number) : `"${name}"`;
  };
}

function zeroOf(field: Single): string {
  if (field.enum) return enumZero(field.enum);
  return zero(field.scalar as ScalarType);
}

const enumZero = (type: NonNullable<DescField['enum']>) =>
  type.typeName === 'google.protobuf.NullValue' ? 'null' : `"${type.values[0]?.name}"`;

function zero(type: ScalarType): string {
  if (type === ScalarType.BOOL) return 'false';
  if (type === ScalarType.STRING || type === ScalarType.BYTES) return '""';
  return longs.has(type) ? '"0"' : '0';
}

/** An entry is a message of two fields, either of which may be left out. */
function entryReader(field: Extract<DescField, { fieldKind: 'map' }>): Value {
  const readKey = scalars[field.mapKey];
  const emptyKey = zero(field.mapKey);
  const write = field.message && messageWriter(field.message);
  const readValue: Value = write
    ? (input) => write(input, input.reader.uint32())
    : field.enum
      ? enumReader(field.enum)
      : scalars[field.scalar as ScalarType];
  const emptyValue: Value = write
    ? (input) => write(input, 0)
    : () => (field.enum ? enumZero(field.enum) : zero(field.scalar as ScalarType));
  return (input) => {
    const { reader } = input;
    let key = emptyKey;
    let value: string | undefined;
    for (const end = reader.uint32() + reader.pos; reader.pos < end;) {
      const tag = reader.uint32();
      if (tag >>> 3 === 1) key = readKey(input);
      else if (tag >>> 3 === 2) value = readValue(input);
      else reader.skip(tag & 7, tag >>> 3);
    }
    return `${key.startsWith('"') ? key : `"${key}"`}:${value ?? emptyValue(input)}`;
  };
}

const longs = new Set([
  ScalarType.INT64,
  ScalarType.UINT64,
  ScalarType.SINT64,
  ScalarType.FIXED64,
  ScalarType.SFIXED64,
]);

/** The bytes of a length-delimited value, as a view. */
function take({ bytes, reader }: Input): [start: number, end: number] {
  const length = reader.uint32();
  const start = reader.pos;
  reader.pos = start + length;
  if (reader.pos > bytes.length) throw new RangeError('the message ends within a field');
  return [start, reader.pos];
}

const float = (value: number) => (Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`);

const scalars: Readonly<Record<ScalarType, Value>> = {
  [ScalarType.STRING]: (input) => JSON.stringify(input.bytes.toString('utf8', ...take(input))),
  [ScalarType.BYTES]: (input) => `"${input.bytes.toString('base64', ...take(input))}"`,
  [ScalarType.BOOL]: ({ reader }) => String(reader.bool()),
  [ScalarType.INT32]: ({ reader }) => String(reader.int32()),
  [ScalarType.UINT32]: ({ reader }) => String(reader.uint32()),
  [ScalarType.SINT32]: ({ reader }) => String(reader.sint32()),
  [ScalarType.FIXED32]: ({ reader }) => String(reader.fixed32()),
  [ScalarType.SFIXED32]: ({ reader }) => String(reader.sfixed32()),
  [ScalarType.INT64]: ({ reader }) => `"${reader.int64()}"`,
  [ScalarType.UINT64]: ({ reader }) => `"${reader.uint64()}"`,
  [ScalarType.SINT64]: ({ reader }) => `"${reader.sint64()}"`,
  [ScalarType.FIXED64]: ({ reader }) => `"${reader.fixed64()}"`,
  [ScalarType.SFIXED64]: ({ reader }) => `"${reader.sfixed64()}"`,
  [ScalarType.DOUBLE]: ({ reader }) => float(reader.double()),
  [ScalarType.FLOAT]: ({ reader }) => float(reader.float()),
};

/** Types with a form of their own. */
function wellKnown(type: DescMessage): Message {
  return ({ bytes, reader }, length) => {
    const start = reader.pos;
    reader.pos += length;
    const message = fromBinary(type, bytes.subarray(start, reader.pos));
    return JSON.stringify(toJson(type, message, { registry: registry() }));
  };
}

/** The one that every resource has three of. 0, 3, 6 or 9 digits of a second, as many as it takes. */
const timestamp: Message = ({ reader }, length) => {
  let seconds = 0;
  let nanos = 0;
  for (const end = reader.pos + length; reader.pos < end;) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) seconds = Number(reader.int64());
    else if (tag >>> 3 === 2) nanos = reader.int32();
    else reader.skip(tag & 7, tag >>> 3);
  }
  const whole = new Date(seconds * 1000).toISOString().slice(0, -5);
  if (nanos === 0) return `"${whole}Z"`;
  const digits = String(nanos)
    .padStart(9, '0')
    .replace(/(000){1,2}$/, '');
  return `"${whole}.${digits}Z"`;
};
