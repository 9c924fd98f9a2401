/** Query parameters; lists repeat, maps become `labels[key]=value`, undefined is left out. */
export type Query = Readonly<Record<string, unknown>>;

/** The gateway's address, checked. Throws a TypeError. */
export function baseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return url;
  throw new TypeError(`"${text}" is not the address of a cloud; it looks like http://127.0.0.1:8080`);
}

/** The template with its fields filled in; what is filled in is data, never a path of its own. */
export function fillPath(template: string, values: readonly string[]): string {
  let at = 0;
  return template.replace(/\{([^}]+)\}/g, (_, field: string) => {
    const value = values[at++];
    if (typeof value !== 'string' || value === '' || value === '.' || value === '..') {
      throw new TypeError(`${field} must be an id, it is ${JSON.stringify(value)}`);
    }
    return encodeURIComponent(value);
  });
}

/** `base` may have a path of its own, below which the API is found. */
export function urlOf(base: URL, path: string, query: Query = {}): URL {
  const url = new URL(base);
  const [pathname, search] = path.split('?', 2);
  url.pathname = `${base.pathname.replace(/\/$/, '')}/${pathname!.replace(/^\//, '')}`;
  url.search = search ?? '';
  for (const [name, value] of Object.entries(query)) append(url.searchParams, name, value);
  return url;
}

function append(params: URLSearchParams, name: string, value: unknown): void {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) {
    for (const each of value) append(params, name, each);
  } else if (value instanceof Date) {
    params.append(name, value.toISOString());
  } else if (typeof value === 'object') {
    for (const [key, each] of Object.entries(value)) append(params, `${name}[${key}]`, each);
  } else {
    params.append(name, String(value));
  }
}
