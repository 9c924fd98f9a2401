import type { CallOptions, Query } from './api-client';
import type { Cli, Scope } from './cli';
import { CliError, exitCodes } from './exit-codes';
import { age, pairs, type Column, type View } from './output';

/** What every resource of the API has (canonical proto JSON: empty fields may be absent). */
export interface Resource {
  metadata: {
    id: string;
    name: string;
    project_id?: string;
    labels?: Record<string, string>;
    generation?: number;
    version?: number;
    created_at?: string;
    updated_at?: string;
    deleted_at?: string;
    operation_id?: string;
  };
}

/** A kind of resource: where it lives and how it is shown. */
export interface Kind<T extends Resource> extends View<T> {
  /** "instance": the command's noun. */
  noun: string;
  /** "/v1/instances". */
  path: string;
  /** Field of a list answer that holds the items. */
  collection: string;
  scope: Scope;
  /** The list method takes `name`. */
  nameFilter: boolean;
}

export const idOf = (resource: Resource) => resource.metadata.id;

export const nameColumn: Column<Resource> = { title: 'NAME', value: (r) => r.metadata.name };
export const idColumn: Column<Resource> = { title: 'ID', value: idOf };
export const ageColumn: Column<Resource> = { title: 'AGE', value: (r) => age(r.metadata.created_at) };

/** What details of any resource end with. */
export const metadataDetails: readonly Column<Resource>[] = [
  { title: 'LABELS', value: (r) => pairs(r.metadata.labels) },
  { title: 'CREATED', value: (r) => r.metadata.created_at },
  { title: 'OPERATION', value: (r) => r.metadata.operation_id },
];

const pageSize = 500;

/** Page by page up to `limit` items; the answer keeps the API's shape, with the token of what was left out. */
export async function fetchAll<T>(
  get: (query: Query) => Promise<Record<string, unknown>>,
  collection: string,
  limit: number,
): Promise<{ items: T[]; answer: Record<string, unknown>; more: boolean }> {
  const items: T[] = [];
  let token: string | undefined;
  for (;;) {
    const query = { page_size: Math.min(pageSize, limit - items.length), page_token: token };
    const page = await get(query);
    items.push(...((page[collection] ?? []) as T[]));
    token =
      typeof page.next_page_token === 'string' && page.next_page_token ? page.next_page_token : undefined;
    if (!token || items.length >= limit) {
      return { items, answer: { ...page, [collection]: items }, more: token !== undefined };
    }
  }
}

/** All of a kind that match, up to `limit`. */
export async function listResources<T extends Resource>(
  cli: Cli,
  kind: Kind<T>,
  filter: Query,
  limit: number,
) {
  const api = await cli.api(kind.scope);
  const options = (query: Query): CallOptions => ({ query: { ...filter, ...query } });
  return fetchAll<T>((query) => api.get(kind.path, options(query)), kind.collection, limit);
}

/** Path of one thing; the id is data, never a path of its own. */
export const pathOf = (kind: { path: string }, id: string) => `${kind.path}/${encodeURIComponent(id)}`;

const manyNames = 10_000;

/** The id behind a name or id. Ids have an underscore ("ins_01j…"), names cannot. */
export async function resolveId<T extends Resource>(
  cli: Cli,
  kind: Kind<T>,
  nameOrId: string,
): Promise<string> {
  if (nameOrId.includes('_')) return nameOrId;
  const filter = kind.nameFilter ? { name: nameOrId } : {};
  const { items } = await listResources(cli, kind, filter, manyNames);
  const named = items.filter((item) => item.metadata.name === nameOrId);
  const live = named.filter((item) => !item.metadata.deleted_at);
  const found = live.length > 0 ? live : named;
  const [only] = found;
  if (only && found.length === 1) return only.metadata.id;
  if (!only) {
    const advice = `See them with: cloud ${kind.noun} list`;
    throw new CliError(exitCodes.notFound, `There is no ${kind.noun} named "${nameOrId}".`, advice);
  }
  throw new CliError(
    exitCodes.conflict,
    `"${nameOrId}" names ${found.length} ${kind.noun}s.`,
    'Give the id of the one you mean.',
    found.map((item) => item.metadata.id),
  );
}
