import type { Cloud, Pages, ResourceMetadata } from '@thecloud/sdk';
import { idOfOnly } from './by-name';
import type { Cli, Scope } from './cli';
import { age, isData, pairs, type Column, type View } from './output';

/** What every resource of the API has. */
export interface Resource {
  metadata: ResourceMetadata;
}

/** What the SDK can do with resources of one kind. */
export interface Collection<T> {
  list(request: object): Pages<T>;
  get(id: string): Promise<T>;
  delete?(id: string): Promise<T>;
}

/** A kind of resource: where it lives and how it is shown. */
export interface Kind<T extends Resource> extends View<T> {
  /** "instance": the command's noun. */
  noun: string;
  of: (cloud: Cloud) => Collection<T>;
  /** Field of a list answer that holds the items. */
  collection: string;
  scope: Scope;
  /** The list method takes `name`. */
  nameFilter: boolean;
  /** The list method takes `label`. */
  labelFilter?: boolean;
  /** Of several of one name the ones with the lowest rank are meant; absent: all are equal. */
  rank?: (item: T) => number;
  /** Those that match as they are, and again after each change. */
  watch?: (cloud: Cloud, filter: object) => AsyncIterable<T>;
  /** For people: the same view with what only other resources know, such as their names instead of ids. */
  named?: (cli: Cli, items: readonly T[]) => Promise<View<T>>;
}

/** How these are shown: tables are for people, everything else is the API's own. */
export async function viewOf<T extends Resource>(cli: Cli, kind: Kind<T>, items: readonly T[]) {
  const { format, quiet } = cli.style;
  return kind.named && !isData(format) && format !== 'name' && !quiet ? kind.named(cli, items) : kind;
}

export const idOf = (resource: Resource) => resource.metadata.id;

export const nameColumn: Column<Resource> = { title: 'NAME', value: (r) => r.metadata.name };
export const idColumn: Column<Resource> = { title: 'ID', value: idOf };
export const ageColumn: Column<Resource> = {
  title: 'AGE',
  value: (r) => age(r.metadata.created_at),
  sort: (r) => youngestFirst(r.metadata.created_at),
};

/** What a column of ages is sorted by. */
export const youngestFirst = (time: string | undefined) => (time ? -Date.parse(time) : undefined);

/** What details of any resource end with. */
export const metadataDetails: readonly Column<Resource>[] = [
  { title: 'LABELS', value: (r) => pairs(r.metadata.labels), wide: true },
  { title: 'CREATED', value: (r) => r.metadata.created_at },
  { title: 'OPERATION', value: (r) => r.metadata.operation_id },
];

/** All of a kind that match, up to `limit`; the answer has the API's shape, with the token of what was left out. */
export async function listResources<T extends Resource>(
  cli: Cli,
  kind: Kind<T>,
  filter: object,
  limit: number,
) {
  return collect(kind.of(await cli.cloud(kind.scope)).list(filter), kind.collection, limit);
}

export async function collect<T>(pages: Pages<T>, collection: string, limit: number) {
  const { items, next_page_token } = await pages.take(limit);
  return { items, answer: { [collection]: items, next_page_token }, more: next_page_token !== undefined };
}

const manyNames = 10_000;

function lowest<T>(items: T[], rank: (item: T) => number = () => 0): T[] {
  const least = Math.min(...items.map(rank));
  return items.filter((item) => rank(item) === least);
}

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
  const found = lowest(live.length > 0 ? live : named, kind.rank);
  return idOfOnly(kind.noun, nameOrId, found);
}
