import { fromJson, toBinary } from '@bufbuild/protobuf';
import type { DescMessage, JsonValue } from '@bufbuild/protobuf';
import { invalidFields } from '@thecloud/kernel';
import type { FieldViolation } from '@thecloud/kernel';
import { isObject, jsonViolations } from './json-violations';
import { queryToJson } from './query-json';
import { fieldNamed } from './routes';
import type { Route } from './routes';

export interface HttpInput {
  readonly params: Readonly<Record<string, string>>;
  /** Without the question mark. */
  readonly query: string;
  /** Parsed; absent where the request had none. */
  readonly body?: JsonValue | undefined;
  readonly ifMatch?: string | undefined;
}

type Json = { [key: string]: JsonValue };

/** The request message of `route`, encoded. Throws INVALID_FIELDS naming everything that is wrong. */
export function encodeRequest(route: Route, http: HttpInput): Buffer {
  const violations: FieldViolation[] = [];
  const json = bodyJson(route, http.body, violations);
  fillUpdateMask(route, json);
  mergeQuery(route, http.query, json, violations);
  mergePath(http.params, json, violations);
  mergeIfMatch(route, http.ifMatch, json, violations);
  try {
    const message = fromJson(route.input, json);
    if (violations.length === 0) return Buffer.from(toBinary(route.input, message));
  } catch (cause) {
    const located = jsonViolations(route.input, json);
    const vague = { field: 'body', description: 'does not fit this request' };
    violations.push(...(located.length > 0 || violations.length > 0 ? located : [vague]));
    throw Object.assign(invalidFields(violations), { cause });
  }
  throw invalidFields(violations);
}

/** One message of a stream of requests. Throws INVALID_FIELDS naming everything that is wrong. */
export function encodeMessage(message: DescMessage, json: JsonValue): Buffer {
  try {
    return Buffer.from(toBinary(message, fromJson(message, json)));
  } catch (cause) {
    const located = jsonViolations(message, json);
    const vague = { field: 'body', description: 'does not fit this request' };
    throw Object.assign(invalidFields(located.length > 0 ? located : [vague]), { cause });
  }
}

/** The body's fields under their proto names: later steps need only look for those. */
function bodyJson(route: Route, body: JsonValue | undefined, violations: FieldViolation[]): Json {
  if (route.body === '' || route.method.requestStream) return {};
  if (route.body !== '*') return body === undefined ? {} : { [route.body]: body };
  if (body === undefined) return {};
  if (!isObject(body)) {
    violations.push(...jsonViolations(route.input, body));
    return {};
  }
  const renamed = Object.entries(body).map(([key, value]) => {
    const name = fieldNamed(route.input, key)?.name ?? key;
    // Both spellings at once: left as they are, for fromJson to refuse.
    return [name !== key && Object.hasOwn(body, name) ? key : name, value] as const;
  });
  return Object.fromEntries(renamed);
}

/** PATCH changes what its body holds, unless update_mask says otherwise: "labels", "spec.env". */
function fillUpdateMask(route: Route, json: Json): void {
  if (route.verb !== 'PATCH' || 'update_mask' in json || !fieldNamed(route.input, 'update_mask')) return;
  const about = new Set([...route.pathFields, 'version']);
  json.update_mask = Object.entries(json)
    .filter(([name]) => !about.has(name))
    .flatMap(([name, value]) => maskPaths(route.input, name, value));
}

function maskPaths(message: DescMessage, name: string, value: JsonValue): string[] {
  const nested = message.fields.find((f) => f.name === name && f.fieldKind === 'message')?.message;
  if (!nested || nested.typeName.startsWith('google.protobuf.') || !isObject(value)) return [name];
  return Object.keys(value).map((key) => `${name}.${fieldNamed(nested, key)?.name ?? key}`);
}

function mergeQuery(route: Route, query: string, json: Json, violations: FieldViolation[]): void {
  if (query === '') return;
  const all = route.input.fields.map((f) => f.name);
  const taken = route.body === '*' ? all : [...route.pathFields, route.body];
  const parsed = queryToJson(route.input, query, taken);
  Object.assign(json, parsed.json);
  violations.push(...parsed.violations);
}

function mergePath(params: HttpInput['params'], json: Json, violations: FieldViolation[]): void {
  for (const [name, value] of Object.entries(params)) {
    if (name in json && json[name] !== value) {
      violations.push({
        field: name,
        description: 'differs from the one in the path; leave it out of the body',
      });
    }
    json[name] = value;
  }
}

/** `If-Match: "3"` is the request's `version`: 3. */
function mergeIfMatch(
  route: Route,
  header: string | undefined,
  json: Json,
  violations: FieldViolation[],
): void {
  if (header === undefined || header.trim() === '*') return;
  const version = /^\s*(?:W\/)?"?(\d{1,10})"?\s*$/.exec(header)?.[1];
  const refuse = (description: string) => violations.push({ field: 'If-Match', description });
  if (!fieldNamed(route.input, 'version')) refuse('is not taken here; leave it out');
  else if (version === undefined) refuse('must be one ETag as an answer gave it, such as "3"');
  else if (json.version !== undefined && String(json.version) !== version)
    refuse('differs from version in the body');
  else json.version = Number(version);
}
