import { fromJson } from '@bufbuild/protobuf';
import type { DescField, DescMessage, JsonValue } from '@bufbuild/protobuf';
import type { FieldViolation } from '@thecloud/kernel';
import { nearest } from './nearest';
import { fieldNamed } from './routes';

/** The most that one answer lists: a huge bad body must not make a huge answer. */
const mostViolations = 32;

/**
 * Says, for JSON that `fromJson` refused, which fields are wrong and why, each by its path.
 * `fromJson` stays the judge: every value is shown to it alone.
 */
export function jsonViolations(message: DescMessage, json: JsonValue): FieldViolation[] {
  const found: FieldViolation[] = [];
  inMessage(message, json, '', found);
  return found;
}

type Found = FieldViolation[];

function inMessage(message: DescMessage, json: JsonValue, path: string, found: Found): void {
  if (!isObject(json)) {
    found.push({ field: path || 'body', description: `must be a JSON object, not ${kindOf(json)}` });
    return;
  }
  const seen = new Set<DescField>();
  for (const [key, value] of Object.entries(json)) {
    if (found.length >= mostViolations) return;
    const field = fieldNamed(message, key);
    if (!field) found.push({ field: join(path, key.slice(0, 128)), description: unknown(message, key) });
    else if (seen.has(field)) found.push({ field: join(path, field.name), description: 'is given twice' });
    else inField(field, value, join(path, field.name), found);
    if (field) seen.add(field);
  }
}

function inField(field: DescField, json: JsonValue, path: string, found: Found): void {
  if (json === null) return;
  if (field.fieldKind === 'list') {
    if (!Array.isArray(json))
      return void found.push({ field: path, description: `must be a list, not ${kindOf(json)}` });
    json.forEach(
      (item, i) => found.length < mostViolations && inValue(field, item, [item], `${path}[${i}]`, found),
    );
  } else if (field.fieldKind === 'map') {
    if (!isObject(json))
      return void found.push({ field: path, description: `must be an object, not ${kindOf(json)}` });
    for (const [key, item] of Object.entries(json)) {
      if (found.length >= mostViolations) return;
      inValue(field, item, { [key]: item }, `${path}["${key.slice(0, 64)}"]`, found);
    }
  } else inValue(field, json, json, path, found);
}

/** `alone` is the value in the shape its field takes when nothing else is in it. */
function inValue(field: DescField, value: JsonValue, alone: JsonValue, path: string, found: Found): void {
  if (field.message && !field.message.typeName.startsWith('google.protobuf.') && value !== null) {
    inMessage(field.message, value, path, found);
    return;
  }
  try {
    fromJson(field.parent, { [field.name]: alone });
  } catch (error) {
    found.push({ field: path, description: `must be ${expected(field)}${gotWhat(value, error)}` });
  }
}

function expected(field: DescField): string {
  if (field.message) return wellKnown[field.message.typeName] ?? `a ${field.message.name}`;
  if (field.enum) return `one of ${field.enum.values.map((v) => v.name).join(', ')}`;
  return scalars[field.scalar ?? 0] ?? 'a number';
}

const wellKnown: Record<string, string> = {
  'google.protobuf.Timestamp': 'a time such as "2026-01-31T12:00:00Z"',
  'google.protobuf.Duration': 'a duration such as "90s"',
};
// By google.protobuf.FieldDescriptorProto.Type.
const integer = 'a whole number in range';
const unsigned = 'a whole number, 0 or more, in range';
const scalars: Record<number, string> = {
  3: integer, 4: unsigned, 5: integer, 6: unsigned, 7: unsigned, 8: 'true or false', 9: 'a string',
  12: 'bytes in base64', 13: unsigned, 15: integer, 16: integer, 17: integer, 18: integer,
}; // prettier-ignore

function gotWhat(value: JsonValue, error: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return `, not ${value}`;
  if (typeof value === 'string' && value.length <= 40) return `, not ${JSON.stringify(value)}`;
  return error instanceof Error ? `, not ${kindOf(value)}` : '';
}

function unknown(message: DescMessage, key: string): string {
  const names = message.fields.map((f) => f.name);
  const near = nearest(key, names);
  if (near) return `is not a field here; did you mean ${near}?`;
  return names.length > 0
    ? `is not a field here; known are ${names.join(', ')}`
    : 'is not a field here; there are none';
}

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

export function isObject(json: JsonValue | undefined): json is { [key: string]: JsonValue } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function kindOf(json: JsonValue): string {
  if (json === null) return 'null';
  if (Array.isArray(json)) return 'a list';
  return typeof json === 'object' ? 'an object' : `a ${typeof json}`;
}
