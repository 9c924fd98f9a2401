import { eq, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import type { Tx } from '@thecloud/service-kit';
import { image } from '../image/image.schema';
import { instance } from '../instance/instance.schema';
import { sshKey } from '../ssh-key/ssh-key.schema';

/** Something that lives in a project. */
export interface Owned {
  /** The noun, as a reader knows it. */
  readonly kind: string;
  readonly id: string;
  readonly name: string;
}

/** What is listed of each kind at most. */
export const MOST_LISTED = 100;

const of = (tx: Tx, kind: string, table: typeof instance | typeof image | typeof sshKey, projectId: string) =>
  tx
    .select({ kind: sql<string>`${kind}::text`.as('kind'), id: table.id, name: table.name })
    .from(table)
    .where(eq(table.projectId, projectId))
    .limit(MOST_LISTED);

/** Everything that a project owns in this service, also what is on its way out, at most MOST_LISTED of each kind. */
export function listOwned(tx: Tx, projectId: string): Promise<Owned[]> {
  const [instances, images, keys] = [
    of(tx, 'instance', instance, projectId),
    of(tx, 'image', image, projectId),
    of(tx, 'SSH key', sshKey, projectId),
  ];
  return unionAll(instances, images, keys);
}
