import { ScalarType } from '@bufbuild/protobuf';
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { commentOf, fieldRules } from '@thecloud/api';
import type { FieldRule } from '@thecloud/api';

/** A JSON Schema (2020-12), as OpenAPI 3.1 embeds them. */
export type Schema = Readonly<Record<string, unknown>>;

/** Names the component of a message of ours and sees to it that it is written. */
export type RefTo = (message: DescMessage) => Schema;

export function ruleOf(field: DescField): Partial<FieldRule> {
  return fieldRules[field.parent.typeName]?.[field.localName] ?? {};
}

/** The schema of one field with its comment and its rules. */
export function fieldSchema(field: DescField, refTo: RefTo): Schema {
  const rule = ruleOf(field);
  const description = [commentOf(field), rule.advice && `Must be ${rule.advice}.`].filter(Boolean).join(' ');
  return { ...shape(field, rule, refTo), ...(description ? { description } : {}) };
}

function shape(field: DescField, rule: Partial<FieldRule>, refTo: RefTo): Schema {
  switch (field.fieldKind) {
    case 'list':
      return {
        type: 'array',
        items: value(field, { ...rule, required: false }, refTo),
        ...given({ minItems: rule.required ? 1 : undefined, maxItems: rule.maxItems }),
      };
    case 'map':
      return {
        type: 'object',
        additionalProperties: { ...value(field, {}, refTo), ...given({ maxLength: rule.valueMaxLen }) },
        ...(rule.keyPattern ? { propertyNames: { pattern: rule.keyPattern } } : {}),
        ...given({ maxProperties: rule.maxItems }),
      };
    default:
      return value(field, rule, refTo);
  }
}

/** Of a list, its items; of a map, its values. */
function value(field: DescField, rule: Partial<FieldRule>, refTo: RefTo): Schema {
  if (field.message) return wellKnown[field.message.typeName] ?? refTo(field.message);
  if (field.enum) return { type: 'string', enum: field.enum.values.map((v) => v.name) };
  if (field.scalar === ScalarType.STRING) return { type: 'string', ...stringRules(rule) };
  const base = scalars[field.scalar!] ?? { type: 'integer' };
  return base.type === 'integer' ? { ...base, ...given({ minimum: rule.min, maximum: rule.max }) } : base;
}

function stringRules(rule: Partial<FieldRule>): Schema {
  return {
    ...given({ pattern: rule.pattern, maxLength: rule.maxLen, enum: rule.in }),
    // An empty string counts as absent, so a required one has at least one character.
    ...given({ minLength: rule.minLen ?? (rule.required && !rule.pattern && !rule.in ? 1 : undefined) }),
  };
}

const wellKnown: Record<string, Schema> = {
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
  'google.protobuf.Duration': { type: 'string', pattern: '^-?[0-9]+(\\.[0-9]{1,9})?s$' },
  'google.protobuf.Struct': { type: 'object' },
};

// Proto JSON writes 64-bit integers as strings: JavaScript's numbers cannot hold them.
const long: Schema = { type: 'string', format: 'int64', pattern: '^-?[0-9]+$' };
const unsignedLong: Schema = { type: 'string', format: 'uint64', pattern: '^[0-9]+$' };
const int: Schema = { type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
const unsigned: Schema = { type: 'integer', minimum: 0, maximum: 2 ** 32 - 1 };
const scalars: Partial<Record<ScalarType, Schema>> = {
  [ScalarType.BOOL]: { type: 'boolean' },
  [ScalarType.BYTES]: { type: 'string', contentEncoding: 'base64' },
  [ScalarType.DOUBLE]: { type: 'number' },
  [ScalarType.FLOAT]: { type: 'number' },
  [ScalarType.INT32]: int,
  [ScalarType.SINT32]: int,
  [ScalarType.SFIXED32]: int,
  [ScalarType.UINT32]: unsigned,
  [ScalarType.FIXED32]: unsigned,
  [ScalarType.INT64]: long,
  [ScalarType.SINT64]: long,
  [ScalarType.SFIXED64]: long,
  [ScalarType.UINT64]: unsignedLong,
  [ScalarType.FIXED64]: unsignedLong,
};

/** Without the keywords that have no value. */
function given(keywords: Schema): Schema {
  return Object.fromEntries(Object.entries(keywords).filter(([, v]) => v !== undefined));
}
