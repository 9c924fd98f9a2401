import type { IncomingMessage } from 'node:http';
import type { JsonValue } from '@bufbuild/protobuf';
import { errors } from './errors';
import { continueBody, waitsToContinue } from './expect-continue';

export interface BodyLimits {
  readonly maxBytes: number;
  /** For the whole body, ms. */
  readonly timeoutMs: number;
}

/** Nothing in our API nests deeper; it bounds every recursion over a caller's JSON. */
const deepest = 32;

export function hasBody(req: IncomingMessage): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

/** The request's JSON, undefined if it has no body. Throws what is wrong with it as a CloudError. */
export async function readJson(req: IncomingMessage, limits: BodyLimits): Promise<JsonValue | undefined> {
  if (!hasBody(req)) return undefined;
  // An empty body needs no type; whether it is empty is known before only where there is a length.
  const judgedByHead = waitsToContinue(req) || req.headers['content-length'] !== undefined;
  if (judgedByHead) requireMediaType(req, ['application/json']);
  const bytes = await readBytes(req, limits);
  if (bytes.length === 0) return undefined;
  if (!judgedByHead) requireMediaType(req, ['application/json']);
  return parseJson(bytes);
}

/** Content-Type must be one of `accepted`, in UTF-8 if it says a charset, and not compressed. */
export function requireMediaType(req: IncomingMessage, accepted: readonly string[]): void {
  const header = req.headers['content-type'] ?? 'none';
  const [type, ...parameters] = header
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters
    .find((p) => p.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  const encoding = req.headers['content-encoding'] ?? 'identity';
  const want = accepted.join(' or ');
  if (!accepted.includes(type!)) throw errors.UNSUPPORTED_MEDIA_TYPE({ got: header.slice(0, 100), want });
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw errors.UNSUPPORTED_MEDIA_TYPE({ got: header.slice(0, 100), want: `${want} in UTF-8` });
  }
  if (encoding !== 'identity') {
    throw errors.UNSUPPORTED_MEDIA_TYPE({
      got: `${type} with ${encoding.slice(0, 50)}`,
      want: `${want}, not compressed`,
    });
  }
}

function readBytes(req: IncomingMessage, { maxBytes, timeoutMs }: BodyLimits): Promise<Buffer> {
  const tooLarge = () => errors.BODY_TOO_LARGE({ limit: String(maxBytes) });
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) settle(() => reject(tooLarge()));
      else chunks.push(chunk);
    };
    const onEnd = () => settle(() => resolve(Buffer.concat(chunks)));
    const onGone = () =>
      settle(() => reject(errors.MALFORMED_BODY({ why: 'it ended before it was complete' })));
    const tooSlow = () => settle(() => reject(errors.BODY_TOO_SLOW({ seconds: String(timeoutMs / 1000) })));
    continueBody(req);
    const timer = setTimeout(tooSlow, timeoutMs);
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      req.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
      finish();
    };
    req.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
  });
}

/** Strict: UTF-8 only, no null characters (no database text holds one), no nesting beyond what the API has. */
export function parseJson(bytes: Uint8Array): JsonValue {
  let json: JsonValue;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as JsonValue;
  } catch (cause) {
    const why = cause instanceof SyntaxError ? cause.message.slice(0, 120) : 'it is not UTF-8';
    throw errors.MALFORMED_JSON({ why: why.replace(/[\0-\x1f]/g, ' ') }, cause);
  }
  const why = unacceptable(json, 0);
  if (why) throw errors.MALFORMED_JSON({ why });
  return json;
}

function unacceptable(json: JsonValue, depth: number): string | undefined {
  if (typeof json === 'string') return json.includes('\0') ? 'a string holds a null character' : undefined;
  if (typeof json !== 'object' || json === null) return undefined;
  if (depth >= deepest) return `it nests deeper than ${deepest} levels`;
  if (Array.isArray(json)) return firstDefined(json, (item) => unacceptable(item, depth + 1));
  return firstDefined(Object.entries(json), ([key, value]) => {
    if (key.includes('\0')) return 'a key holds a null character';
    // As a map's key it would vanish in a JavaScript object.
    return key === '__proto__' ? '__proto__ is not possible as a key' : unacceptable(value, depth + 1);
  });
}

function firstDefined<T>(items: readonly T[], check: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = check(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
