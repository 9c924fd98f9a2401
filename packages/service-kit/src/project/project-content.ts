import { asc, eq, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { commonV1 } from '@thecloud/api';
import type { RequestContext } from '../context';
import type { Tx } from '../db/connection';

/** Who has the content of a project deleted. */
export type PurgeCaller = Pick<RequestContext, 'peer' | 'principal' | 'delegation' | 'requestId'>;

export type Owned = commonV1.OwnedThing;

/** A kind of thing that lives in projects. Each service lists its kinds, users before what they use. */
export interface OwnedKind {
  /** The noun, as a reader knows it: "SSH key". */
  readonly kind: string;
  readonly table: PgTable & { readonly id: PgColumn; readonly projectId: PgColumn; readonly name: PgColumn };
  /**
   * Wishes these gone, in the transaction, as a person would who deletes each; one that is on its way stays so. What keeps
   * data begins its grace here, as with a single delete, and is owned until that is over. Answers with what does not go
   * by itself, in words.
   */
  purge(tx: Tx, by: PurgeCaller, things: readonly Owned[]): Promise<readonly string[]>;
}

/** What is listed of each kind at most. */
export const MOST_LISTED = 100;

/** Everything that a project owns in a service, also what is on its way out, at most MOST_LISTED of each kind. */
export async function listOwned(tx: Tx, kinds: readonly OwnedKind[], projectId: string): Promise<Owned[]> {
  return (await Promise.all(kinds.map((kind) => ofKind(tx, kind, projectId)))).flat();
}

/** What is left, and what of it does not go by itself. */
export interface Purged {
  readonly things: Owned[];
  readonly blocks: string[];
}

/** Wishes all of it gone: twice is once. In a project that is closed, or more may come. */
export async function purgeOwned(
  tx: Tx,
  kinds: readonly OwnedKind[],
  by: PurgeCaller,
  projectId: string,
): Promise<Purged> {
  const blocks: string[] = [];
  for (const kind of kinds) blocks.push(...(await kind.purge(tx, by, await ofKind(tx, kind, projectId))));
  return { things: await listOwned(tx, kinds, projectId), blocks };
}

const ofKind = (tx: Tx, { kind, table }: OwnedKind, projectId: string): Promise<Owned[]> =>
  tx
    .select({
      kind: sql<string>`${kind}::text`,
      id: sql<string>`${table.id}`,
      name: sql<string>`${table.name}`,
    })
    .from(table)
    .where(eq(table.projectId, projectId))
    .orderBy(asc(table.id))
    .limit(MOST_LISTED);

const MOST_NAMED = 5;

/** "2 instances (web, db), 1 image (starter)". */
export function ownedInWords(owned: readonly Owned[]): string {
  const kinds = [...Map.groupBy(owned, ({ kind }) => kind)];
  return kinds
    .map(([kind, all]) => {
      const names = all.slice(0, MOST_NAMED).map(({ name }) => name);
      const count = all.length < MOST_LISTED ? String(all.length) : `at least ${MOST_LISTED}`;
      const more = all.length > MOST_NAMED ? ', …' : '';
      return `${count} ${kind}${all.length === 1 ? '' : 's'} (${names.join(', ')}${more})`;
    })
    .join(', ');
}
