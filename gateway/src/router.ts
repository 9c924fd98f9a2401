import { errors } from './errors';
import type { Route } from './routes';

export type Match =
  | { readonly kind: 'route'; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'wrong-method'; readonly allow: readonly string[] }
  | { readonly kind: 'unknown' };

interface Pattern {
  readonly template: string;
  readonly regex: RegExp;
  readonly names: readonly string[];
  readonly byVerb: Map<string, Route>;
}

/** Finds routes by path. Literal segments beat parameters; HEAD is answered by GET. */
export class Router {
  /** By number of segments, most literal first. */
  readonly #patterns = new Map<number, Pattern[]>();

  constructor(routes: readonly Route[]) {
    const byTemplate = new Map<string, Pattern>();
    for (const route of routes) {
      const pattern = byTemplate.get(route.template) ?? toPattern(route.template);
      byTemplate.set(route.template, pattern);
      if (pattern.byVerb.has(route.verb))
        throw new Error(`two methods claim ${route.verb} ${route.template}`);
      pattern.byVerb.set(route.verb, route);
    }
    for (const pattern of byTemplate.values()) {
      const count = segmentCount(pattern.template);
      this.#patterns.set(count, [...(this.#patterns.get(count) ?? []), pattern].sort(mostLiteralFirst));
    }
  }

  /** `path` is as sent, still percent-encoded, without the query. Throws MALFORMED_URL. */
  match(method: string, path: string): Match {
    const verb = method === 'HEAD' ? 'GET' : method;
    const allow = new Set<string>();
    for (const pattern of this.#patterns.get(segmentCount(path)) ?? []) {
      const values = pattern.regex.exec(path);
      if (!values) continue;
      const route = pattern.byVerb.get(verb);
      if (route) return { kind: 'route', route, params: decodeParams(pattern.names, values) };
      for (const known of pattern.byVerb.keys()) allow.add(known);
    }
    return allow.size > 0 ? { kind: 'wrong-method', allow: [...allow].sort() } : { kind: 'unknown' };
  }
}

const segmentCount = (path: string) => path.split('/').length;

function toPattern(template: string): Pattern {
  const names: string[] = [];
  const source = template.replace(/\{([^}]+)\}|[^{]+/g, (text, name: string | undefined) => {
    if (name === undefined) return text.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
    names.push(name);
    return '([^/:]+)'; // a raw colon starts a custom verb; in a value it is sent as %3A
  });
  return { template, regex: new RegExp(`^${source}$`), names, byVerb: new Map() };
}

function mostLiteralFirst(a: Pattern, b: Pattern): number {
  const [left, right] = [a.template.split('/'), b.template.split('/')];
  for (let i = 0; i < left.length; i++) {
    const difference = Number(left[i]!.includes('{')) - Number(right[i]!.includes('{'));
    if (difference !== 0) return difference;
  }
  return 0;
}

function decodeParams(names: readonly string[], values: RegExpExecArray): Record<string, string> {
  return Object.fromEntries(names.map((name, i) => [name, decodePart(values[i + 1]!, 'path')]));
}

/** Percent-decodes; not UTF-8, or holding a null byte: MALFORMED_URL. */
export function decodePart(text: string, what: 'path' | 'query'): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch (cause) {
    throw errors.MALFORMED_URL({ what }, cause);
  }
  if (decoded.includes('\0')) throw errors.MALFORMED_URL({ what });
  return decoded;
}
