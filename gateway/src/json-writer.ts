import { fromBinary, toJson } from '@bufbuild/protobuf';
import type { DescEnum, DescField, DescMessage, ScalarType } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { registry } from '@thecloud/api';
import { JsonOutput } from './json-output';
import { isNumeric, scalars, timestamp, zero } from './json-scalars';
import type { Transfer, Value } from './json-scalars';

/** Writes one message of `length` bytes, at whose first the reader stands. */
type Message = (transfer: Transfer, length: number) => void;

/** Where a field's tag stands in its message; of a list or map, where those of its items do. */
type Place = number | number[] | undefined;

interface Slot {
  /** `,"name":`. */
  readonly key: Buffer;
  /** What stands there if the message has no such field, with its key: nothing for what is optional. */
  readonly absent: Buffer;
  /** Of a list or map, whose items have a comma before each. */
  readonly brackets?: readonly [open: number, close: number];
  /** Others of its oneof. */
  readonly rivals: readonly number[];
  /** The value or item behind a tag of that wire type. */
  readonly write: (transfer: Transfer, wire: WireType) => void;
}

const { LengthDelimited, Varint } = WireType;
const LISTS = [0x5b, 0x5d] as const;
const OBJECTS = [0x7b, 0x7d] as const;
const output = new JsonOutput();

/**
 * Makes what writes messages of a type as canonical proto JSON (names of the proto, zeros and empty lists written out),
 * from bytes to bytes: no message, object or string is built in between, which is most of what a page of fifty would
 * cost. The same text, as far as JSON tells, as `toJson` of @bufbuild/protobuf, which the test compares it with.
 */
export function jsonWriter(type: DescMessage): (bytes: Buffer) => Buffer {
  const write = messageWriter(type);
  return (bytes) => {
    output.clear(); // of what one that failed has left
    write({ bytes, reader: new BinaryReader(bytes), out: output }, bytes.length);
    return output.copy();
  };
}

const writers = new Map<string, Message>();

/** Types may nest in themselves: a writer is known before its fields are. */
function messageWriter(type: DescMessage): Message {
  const known = writers.get(type.typeName);
  if (known) return known;
  let made: Message | undefined;
  const lazy: Message = (transfer, length) => (made ??= compile(type))(transfer, length);
  writers.set(type.typeName, lazy);
  return lazy;
}

function compile(type: DescMessage): Message {
  if (type.typeName === 'google.protobuf.Timestamp') return timestamp;
  if (type.typeName.startsWith('google.protobuf.')) return wellKnown(type);
  const slots = type.fields.map((field) => slotOf(field, type));
  const byNumber: number[] = [];
  type.fields.forEach(({ number }, at) => (byNumber[number] = at));
  return (transfer, length) => {
    const { reader, out } = transfer;
    const end = reader.pos + length;
    const places = placesOf(transfer, end, slots, byNumber);
    const begun = out.length;
    for (let at = 0; at < slots.length; at++) writeSlot(transfer, slots[at]!, places[at]);
    out.enclose(begun, OBJECTS);
    reader.pos = end;
  };
}

/** First all fields are found: they may come in any order, and the parts of a list apart. */
function placesOf({ reader, bytes }: Transfer, end: number, slots: readonly Slot[], byNumber: number[]) {
  const places = new Array<Place>(slots.length);
  while (reader.pos < end) {
    const start = reader.pos;
    const tag = reader.uint32();
    const at = byNumber[tag >>> 3];
    if (at !== undefined) note(places, at, start, slots[at]!);
    pass(reader, bytes, tag);
  }
  if (reader.pos !== end) throw new RangeError('the message ends within a field');
  return places;
}

function note(places: Place[], at: number, start: number, { brackets, rivals }: Slot): void {
  const before = places[at];
  if (!brackets) places[at] = start;
  else if (typeof before === 'object') before.push(start);
  else places[at] = [start];
  for (const rival of rivals) places[rival] = undefined; // the last of a oneof counts
}

/** Goes on behind a value. (The reader's own `skip` makes a view of each.) */
function pass(reader: BinaryReader, bytes: Buffer, tag: number): void {
  const wire = tag & 7;
  if (wire === LengthDelimited) {
    const length = reader.uint32();
    reader.pos += length;
  } else if (wire === Varint) {
    while (bytes[reader.pos++]! > 0x7f);
  } else reader.skip(wire, tag >>> 3);
}

function writeSlot(transfer: Transfer, slot: Slot, place: Place): void {
  const { reader, out } = transfer;
  if (place === undefined) return out.raw(slot.absent);
  out.raw(slot.key);
  if (typeof place === 'number') {
    reader.pos = place;
    return slot.write(transfer, reader.uint32() & 7);
  }
  const begun = out.length;
  for (const start of place) {
    reader.pos = start;
    slot.write(transfer, reader.uint32() & 7);
  }
  out.enclose(begun, slot.brackets!);
}

/** google.protobuf.FeatureSet.FieldPresence. */
const IMPLICIT = 2;

function slotOf(field: DescField, type: DescMessage): Slot {
  const key = `,${JSON.stringify(field.name)}:`;
  const slot = (absent: string) => ({ key: Buffer.from(key), absent: Buffer.from(absent), rivals: [] });
  if (field.fieldKind === 'list') return { ...slot(`${key}[]`), brackets: LISTS, write: itemWriter(field) };
  if (field.fieldKind === 'map') return { ...slot(`${key}{}`), brackets: OBJECTS, write: entryWriter(field) };
  const implicit = field.fieldKind !== 'message' && field.presence === IMPLICIT;
  const others = field.oneof?.fields.filter((other) => other !== field) ?? [];
  return {
    ...slot(implicit ? key + zeroOf(field) : ''),
    rivals: others.map((other) => type.fields.indexOf(other)),
    write: valueWriter(field),
  };
}

/** Of a field's value, or of one item of a list or map. */
function valueWriter(field: Pick<DescField, 'message' | 'enum' | 'scalar'>): Value {
  if (field.message) {
    const write = messageWriter(field.message);
    return (transfer) => write(transfer, transfer.reader.uint32());
  }
  return field.enum ? enumWriter(field.enum) : scalars[field.scalar as ScalarType];
}

function zeroOf(field: Pick<DescField, 'message' | 'enum' | 'scalar'>): string {
  if (!field.enum) return zero(field.scalar as ScalarType);
  return isNull(field.enum) ? 'null' : `"${field.enum.values[0]?.name}"`;
}

const isNull = ({ typeName }: DescEnum) => typeName === 'google.protobuf.NullValue';

function enumWriter(type: DescEnum): Value {
  return ({ reader, out }) => {
    const number = reader.int32();
    const name = isNull(type) ? undefined : type.value[number]?.name;
    out.ascii(isNull(type) ? 'null' : name === undefined ? String(number) : `"${name}"`);
  };
}

function itemWriter(field: Extract<DescField, { fieldKind: 'list' }>): Slot['write'] {
  const write = valueWriter(field);
  const one: Value = (transfer) => {
    transfer.out.ascii(',');
    write(transfer);
  };
  if (field.message || (field.scalar && !isNumeric(field.scalar))) return one;
  return (transfer, wire) => {
    if (wire !== LengthDelimited) return one(transfer);
    const length = transfer.reader.uint32(); // numbers are packed under one tag
    for (const end = transfer.reader.pos + length; transfer.reader.pos < end;) one(transfer);
  };
}

/** An entry is a message of two fields, either of which may be left out. */
function entryWriter(field: Extract<DescField, { fieldKind: 'map' }>): Slot['write'] {
  const [writeKey, writeValue] = [scalars[field.mapKey], valueWriter(field)];
  const noKey = zero(field.mapKey);
  const quote = noKey.startsWith('"') ? '' : '"';
  const empty = field.message && messageWriter(field.message);
  return (transfer) => {
    const { reader, bytes, out } = transfer;
    const end = reader.uint32() + reader.pos;
    let key: number | undefined;
    let value: number | undefined;
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag >>> 3 === 1) key = reader.pos;
      else if (tag >>> 3 === 2) value = reader.pos;
      pass(reader, bytes, tag);
    }
    out.ascii(`,${quote}`);
    reader.pos = key ?? end;
    if (key === undefined) out.ascii(noKey);
    else writeKey(transfer);
    out.ascii(`${quote}:`);
    reader.pos = value ?? end;
    if (value !== undefined) writeValue(transfer);
    else if (empty) empty(transfer, 0);
    else out.ascii(zeroOf(field));
    reader.pos = end;
  };
}

/** Types with a form of their own. */
function wellKnown(type: DescMessage): Message {
  return ({ bytes, reader, out }, length) => {
    const start = reader.pos;
    reader.pos += length;
    const message = fromBinary(type, bytes.subarray(start, reader.pos));
    out.raw(Buffer.from(JSON.stringify(toJson(type, message, { registry: registry() }))));
  };
}
