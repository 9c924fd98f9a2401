import { ScalarType } from '@bufbuild/protobuf';
import type { DescField, DescMessage, JsonValue } from '@bufbuild/protobuf';
import type { FieldViolation } from '@thecloud/kernel';
import { decodePart } from './router';
import { nearest } from './nearest';
import { fieldNamed } from './routes';

type Json = { [key: string]: JsonValue };

/**
 * Turns a query string into the proto JSON of `message`: a repeated parameter is a list, `labels[key]=value`
 * (or `labels.key=value`) an entry of a map. `taken` are fields that the path or body gives already.
 */
export function queryToJson(message: DescMessage, query: string, taken: readonly string[]) {
  const json: Json = {};
  const violations: FieldViolation[] = [];
  for (const [name, value] of pairs(query)) {
    const [, head, dotted, bracketed] = /^([^.[]*)(?:\.(.+)|\[([^\]]+)\])?$/.exec(name) ?? ['', name];
    const field = fieldNamed(message, head ?? '');
    const problem =
      !field || taken.includes(field.name)
        ? unknownParameter(message, name, taken)
        : put(json, field, dotted ?? bracketed, value);
    if (problem) violations.push({ field: name.slice(0, 128), description: problem });
  }
  return { json, violations: violations.slice(0, 32) };
}

function pairs(query: string): [string, string][] {
  const parts = query.split('&').filter((part) => part !== '');
  return parts.map((part) => {
    const [name, ...value] = part.replaceAll('+', ' ').split('=');
    return [decodePart(name!, 'query'), decodePart(value.join('='), 'query')];
  });
}

/** What is wrong with it, if anything is. */
function put(json: Json, field: DescField, key: string | undefined, text: string): string | undefined {
  const before = json[field.name];
  if (field.fieldKind === 'map') {
    if (key === undefined) return `is a map: write ${field.name}[key]=value`;
    const entries = (before ?? Object.create(null)) as Json;
    if (Object.hasOwn(entries, key)) return 'is given twice';
    entries[key] = text;
    json[field.name] = entries;
    return undefined;
  }
  if (key !== undefined) return `has no parts: write ${field.name}=value`;
  if (field.fieldKind === 'list') {
    json[field.name] = [...((before as JsonValue[] | undefined) ?? []), scalar(field, text)];
    return undefined;
  }
  if (before !== undefined) return 'is given twice';
  if (field.fieldKind === 'message' && !field.message.typeName.startsWith('google.protobuf.')) {
    return 'does not fit into a query';
  }
  json[field.name] = scalar(field, text);
  return undefined;
}

/** Proto JSON takes numbers as strings, but not booleans. */
function scalar(field: DescField, text: string): JsonValue {
  if (field.scalar === ScalarType.BOOL && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function unknownParameter(message: DescMessage, name: string, taken: readonly string[]): string {
  const names = message.fields.map((f) => f.name).filter((known) => !taken.includes(known));
  if (names.length === 0) return 'is not a parameter here; there are none';
  const near = nearest(name, names);
  return near
    ? `is not a parameter here; did you mean ${near}?`
    : `is not a parameter here; known are ${names.join(', ')}`;
}
