import fc from 'fast-check';
import { resolved } from './document';
import type { OpenApi, Schema } from './document';

type Json = fc.JsonValue;

/** Values that the schema allows. */
export function valid(document: OpenApi, node: Schema): fc.Arbitrary<Json> {
  const schema = resolved(document, node);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 1_000_000 });
    case 'number':
      return fc.float({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(valid(document, schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, 3),
      });
    case 'object':
      return schema.additionalProperties ? validMap(document, schema) : validObject(document, schema);
    default:
      return validText(schema);
  }
}

function validText(schema: Schema): fc.Arbitrary<string> {
  if (schema.format === 'date-time')
    return fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') })
      .map((d) => d.toISOString());
  if (schema.contentEncoding === 'base64') return fc.base64String({ maxLength: 64 });
  if (schema.pattern) return fc.stringMatching(new RegExp(schema.pattern, 'u'), { size: 'small' });
  const minLength = schema.minLength ?? 0;
  return fc
    .string({ unit: 'grapheme', minLength, maxLength: Math.min(schema.maxLength ?? 40, minLength + 40) })
    .filter((text) => text.length <= (schema.maxLength ?? 1_000));
}

function validMap(document: OpenApi, schema: Schema): fc.Arbitrary<Json> {
  const values = valid(document, schema.additionalProperties || {});
  return fc.dictionary(validText(schema.propertyNames ?? { minLength: 1 }), values, { maxKeys: 3 });
}

function validObject(document: OpenApi, schema: Schema): fc.Arbitrary<Json> {
  const fields = Object.entries(schema.properties ?? {});
  const model = Object.fromEntries(fields.map(([name, field]) => [name, valid(document, field)]));
  return fc.record(model, { requiredKeys: [...(schema.required ?? [])] });
}

/** Values that the schema forbids, in one place of a value that is otherwise allowed. */
export function broken(document: OpenApi, node: Schema): fc.Arbitrary<Json> {
  const schema = resolved(document, node);
  return fc.oneof(...breaks(document, schema));
}

const never: fc.Arbitrary<Json> = fc.constantFrom<Json>({ wrong: 'type' }, [['wrong type']]);

function breaks(document: OpenApi, schema: Schema): Array<fc.Arbitrary<Json>> {
  if (schema.enum) return [never, fc.constant('none of these')];
  switch (schema.type) {
    case 'integer':
      return [
        never,
        fc.constantFrom<Json>(
          'many',
          1.5,
          (schema.minimum ?? 0) - 1,
          (schema.maximum ?? 2 ** 32) + 1,
          1e300,
          true,
        ),
      ];
    case 'number':
    case 'boolean':
      return [never, fc.constant('maybe')];
    case 'array':
      return [fc.constantFrom<Json>('text', 7, { wrong: 'type' }), ...brokenItems(document, schema)];
    case 'object':
      return [
        fc.constantFrom<Json>('text', 7, ['wrong type']),
        ...(schema.additionalProperties ? brokenMaps(document, schema) : brokenObjects(document, schema)),
      ];
    default:
      return [never, fc.constantFrom<Json>(7, true), ...brokenTexts(schema)];
  }
}

function brokenTexts(schema: Schema): Array<fc.Arbitrary<Json>> {
  const { pattern, maxLength, format } = schema;
  if (format === 'date-time') return [fc.constantFrom('tomorrow', '2026-13-01T00:00:00Z')];
  if (pattern)
    return [
      fc.string({ unit: 'binary' }).filter((text) => !new RegExp(pattern, 'u').test(text) && text !== ''),
    ];
  return maxLength === undefined ? [] : [fc.constant('x'.repeat(maxLength + 1))];
}

function brokenItems(document: OpenApi, schema: Schema): Array<fc.Arbitrary<Json>> {
  const items = schema.items ?? {};
  const one = broken(document, items).map((item): Json => [item]);
  if (schema.maxItems === undefined) return [one];
  const tooMany = schema.maxItems + 1;
  return [one, valid(document, items).map((item): Json => Array.from({ length: tooMany }, () => item))];
}

function brokenMaps(document: OpenApi, schema: Schema): Array<fc.Arbitrary<Json>> {
  const wrong = broken(document, schema.additionalProperties || {}).map((value): Json => ({ key: value }));
  const { maxProperties: most, propertyNames } = schema;
  return [
    wrong,
    ...(propertyNames
      ? [
          brokenTexts(propertyNames)
            .at(0)
            ?.map((key): Json => ({ [String(key)]: 'x' })) ?? wrong,
        ]
      : []),
    ...(most === undefined
      ? []
      : [
          fc.constant<Json>(Object.fromEntries(Array.from({ length: most + 1 }, (_, i) => [`key${i}`, 'x']))),
        ]),
  ];
}

function brokenObjects(document: OpenApi, schema: Schema): Array<fc.Arbitrary<Json>> {
  const whole = validObject(document, schema) as fc.Arbitrary<Record<string, Json>>;
  const oneField = Object.entries(schema.properties ?? {}).map(([name, field]) =>
    fc.tuple(whole, broken(document, field)).map(([object, value]): Json => ({ ...object, [name]: value })),
  );
  const missing = (schema.required ?? []).map((name) =>
    whole.map((object): Json => Object.fromEntries(Object.entries(object).filter(([key]) => key !== name))),
  );
  return [...oneField, ...missing, whole.map((object): Json => ({ ...object, no_such_field: 1 }))];
}
