import { create, fromBinary, ScalarType, toBinary, toJson } from '@bufbuild/protobuf';
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import type { ReflectList, ReflectMap } from '@bufbuild/protobuf/reflect';
import * as fc from 'fast-check';
import { methods, registry } from '@thecloud/api';
import { jsonWriter } from './json-writer';

const canonical = (type: DescMessage, bytes: Uint8Array): unknown =>
  JSON.parse(
    JSON.stringify(
      toJson(type, fromBinary(type, bytes), {
        useProtoFieldName: true,
        alwaysEmitImplicit: true,
        registry: registry(),
      }),
    ),
  );

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constant(''), fc.constant('"\\\n\u2028é😀'));
const wellFormed = text.map((s) => s.toWellFormed());

function scalar(type: ScalarType): fc.Arbitrary<unknown> {
  const int = (min: number, max: number) => fc.oneof(fc.integer({ min, max }), fc.constantFrom(0, min, max));
  const long = (min: bigint, max: bigint) => fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(0n, min, max));
  switch (type) {
    case ScalarType.STRING:
      return wellFormed;
    case ScalarType.BYTES:
      return fc.uint8Array({ maxLength: 20 });
    case ScalarType.BOOL:
      return fc.boolean();
    case ScalarType.DOUBLE:
      return fc.double();
    case ScalarType.FLOAT:
      return fc.float();
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return int(0, 2 ** 32 - 1);
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return int(-(2 ** 31), 2 ** 31 - 1);
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return long(0n, 2n ** 64n - 1n);
    default:
      return long(-(2n ** 63n), 2n ** 63n - 1n);
  }
}

type Put = (message: ReturnType<typeof reflect>) => void;

function message(type: DescMessage, depth: number): fc.Arbitrary<Uint8Array> {
  const parts = type.fields.map((field) => fc.option(put(field, depth), { nil: undefined }));
  return fc.tuple(...parts).map((puts) => {
    const reflected = reflect(type, create(type));
    for (const one of puts) one?.(reflected);
    return toBinary(type, reflected.message);
  });
}

/** Times and durations are bounded, as protobuf bounds them. */
function nested(type: DescMessage, depth: number): fc.Arbitrary<Uint8Array> {
  const seconds =
    type.typeName === 'google.protobuf.Timestamp'
      ? fc.bigInt({ min: -62135596800n, max: 253402300799n })
      : fc.bigInt({ min: 0n, max: 315576000000n });
  const nanos = fc.constantFrom(0, 1, 1_000, 120_000_000, 999_999_999, 5_000_000);
  if (!/^google\.protobuf\.(Timestamp|Duration)$/.test(type.typeName))
    return depth > 3 || type.typeName.startsWith('google.protobuf.')
      ? fc.constant(new Uint8Array())
      : message(type, depth + 1);
  return fc.tuple(seconds, nanos).map((values) => {
    const reflected = reflect(type, create(type));
    type.fields.forEach((field, i) => reflected.set(field, values[i] as never));
    return toBinary(type, reflected.message);
  });
}

function put(field: DescField, depth: number): fc.Arbitrary<Put> {
  const { message: type, enum: names, scalar: kind } = field;
  const value = type
    ? nested(type, depth).map((bytes) => reflect(type, fromBinary(type, bytes)))
    : names
      ? fc.oneof(fc.constantFrom(...names.values.map((v) => v.number)), fc.constant(77))
      : scalar(kind as ScalarType);
  if (field.fieldKind === 'list')
    return fc
      .array(value, { maxLength: 4 })
      .map((items) => (m) => items.forEach((item) => (m.get(field) as ReflectList).add(item as never)));
  if (field.fieldKind === 'map')
    return fc
      .array(fc.tuple(scalar(field.mapKey), value), { maxLength: 4 })
      .map(
        (entries) => (m) =>
          entries.forEach(([k, v]) => (m.get(field) as ReflectMap).set(k as never, v as never)),
      );
  return value.map((v) => (m) => m.set(field, v as never));
}

const types = new Map(
  methods.flatMap(({ input, output }) => [input, output]).map((name) => [name, registry().getMessage(name)]),
);
const known = [...types].flatMap(([name, type]): [string, DescMessage][] => (type ? [[name, type]] : []));

// Every request and answer of the API: more shapes than answers alone have.
it.each(known)('%s reads the same as by the library', (_name, type) => {
  const write = jsonWriter(type);
  fc.assert(
    fc.property(message(type, 0), (bytes) => {
      expect(JSON.parse(write(Buffer.from(bytes)).toString())).toEqual(canonical(type, bytes));
    }),
    { numRuns: 15 },
  );
});

it('passes over fields that are not known to it', () => {
  const type = registry().getMessage('thecloud.compute.v1.Instance')!;
  const unknown = Buffer.from([0xfa, 0x7f, 0x03, 1, 2, 3, 0xf8, 0x7f, 0x05]); // 2047 as bytes and as a number
  expect(JSON.parse(jsonWriter(type)(unknown).toString())).toEqual(canonical(type, new Uint8Array()));
});
