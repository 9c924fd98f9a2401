import { and, desc, eq, inArray, lt, or, sql } from 'drizzle-orm';
import { batched, named, onlyRow, prepared, refuseTaken } from '@thecloud/service-kit';
import type { NameFilter, Page, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { image } from './image.schema';
import type { ImageRow } from './image.schema';

/** Shared locks, in the order of the ids. */
const byIdsOrNames = prepared((tx) => {
  const asked = sql`any(${sql.placeholder('idsOrNames')}::text[])`;
  return tx
    .select()
    .from(image)
    .where(
      and(
        eq(image.projectId, sql.placeholder('projectId')),
        or(sql`${image.id} = ${asked}`, sql`${image.name} = ${asked}`),
      ),
    )
    .orderBy(image.id)
    .for('share')
    .prepare('image_by_id_or_name');
});

interface Asked {
  readonly projectId: string;
  readonly idOrName: string;
}

const findByIdOrName = batched(async (tx: Tx, asked: readonly Asked[]): Promise<(ImageRow | undefined)[]> => {
  const projects = new Set(asked.map(({ projectId }) => projectId));
  const idsOrNames = asked.map(({ idOrName }) => idOrName);
  const found = await Promise.all(
    [...projects].map((projectId) => byIdsOrNames(tx).execute({ projectId, idsOrNames })),
  );
  return asked.map(({ projectId, idOrName }) =>
    best(found.flat().filter((i) => i.projectId === projectId && (i.id === idOrName || i.name === idOrName))),
  );
});

/** A name may be that of one live image and of some that failed or are on their way out. */
const best = (rows: readonly ImageRow[]): ImageRow | undefined =>
  rows.find(({ state }) => state === 'ready' || state === 'importing') ?? rows.at(-1);

/** Advisory lock, held shared by transactions that make instances of shared images: their rows belong to others. */
const SHARED_IMAGES = 7_046_029;

/** A shared image of any project. Lock and query are sent together, and the query sees what the lock waited for. */
async function findShared(tx: Tx, idOrName: string): Promise<ImageRow | undefined> {
  const [, [found]] = await Promise.all([
    tx.execute(sql`select pg_advisory_xact_lock_shared(${SHARED_IMAGES})`),
    tx
      .select()
      .from(image)
      .where(and(image.shared, or(eq(image.id, idOrName), eq(image.name, idOrName)))),
  ]);
  return found;
}

export interface ImageFilter extends NameFilter {
  readonly state?: string;
  /** Only those that are shared with all projects. */
  readonly shared?: boolean;
}

/** SQL of images. Row-level security confines every method to the transaction's project. */
export const imageRepo = {
  /** ALREADY_EXISTS IMAGE_NAME_TAKEN. */
  async insert(tx: Tx, row: typeof image.$inferInsert): Promise<ImageRow> {
    const image_name = (cause: unknown) => errors.IMAGE_NAME_TAKEN({ name: row.name }, cause);
    return onlyRow(await refuseTaken(tx.insert(image).values(row).returning(), { image_name }));
  },

  /** Whether a new image of this name would be refused. */
  async isNameTaken(tx: Tx, projectId: string, name: string): Promise<boolean> {
    const holds = inArray(image.state, ['importing', 'ready']);
    const named = and(eq(image.projectId, projectId), eq(image.name, name), holds);
    return (await tx.select({ id: image.id }).from(image).where(named).limit(1)).length > 0;
  },

  async find(tx: Tx, id: string): Promise<ImageRow | undefined> {
    const [found] = await tx.select().from(image).where(eq(image.id, id));
    return found;
  },

  async findAll(tx: Tx, ids: readonly string[]): Promise<ImageRow[]> {
    return tx
      .select()
      .from(image)
      .where(inArray(image.id, [...ids]));
  },

  /** For a change: holds the row until the transaction ends. */
  async lock(tx: Tx, id: string): Promise<ImageRow | undefined> {
    const [found] = await tx.select().from(image).where(eq(image.id, id)).for('update');
    return found;
  },

  /** Shared lock: the image is not deleted before the transaction, which makes an instance of it, ends. */
  async findByIdOrName(tx: Tx, projectId: string, idOrName: string): Promise<ImageRow | undefined> {
    return (await findByIdOrName(tx, { projectId, idOrName })) ?? findShared(tx, idOrName);
  },

  /**
   * Waits for the transactions that make instances of shared images, and keeps new ones waiting until this transaction
   * ends.
   */
  async awaitLaunchesOfShared(tx: Tx): Promise<void> {
    await tx.execute(sql`select pg_advisory_xact_lock(${SHARED_IMAGES})`);
  },

  /** The project's own and shared ones of that id or name, in whatever state. Locks nothing. */
  async idsOf(tx: Tx, projectId: string, idOrName: string): Promise<string[]> {
    const its = or(eq(image.id, idOrName), eq(image.name, idOrName));
    const rows = await tx
      .select({ id: image.id })
      .from(image)
      .where(and(or(eq(image.projectId, projectId), image.shared), its));
    return rows.map(({ id }) => id);
  },

  async list(tx: Tx, projectId: string, filter: ImageFilter, page: Page): Promise<ImageRow[]> {
    const { state, shared } = filter;
    return tx
      .select()
      .from(image)
      .where(
        and(
          shared ? image.shared : or(eq(image.projectId, projectId), image.shared),
          state ? eq(image.state, state as ImageRow['state']) : undefined,
          ...named(image, filter),
          page.after ? lt(image.id, page.after) : undefined,
        ),
      )
      .orderBy(desc(image.id))
      .limit(page.size + 1);
  },

  async update(tx: Tx, id: string, change: Partial<typeof image.$inferInsert>): Promise<ImageRow> {
    const updated = tx
      .update(image)
      .set({ ...change, version: sql`${image.version} + 1`, updatedAt: new Date() })
      .where(eq(image.id, id))
      .returning();
    const image_shared_name = (cause: unknown) => errors.IMAGE_SHARED_NAME_TAKEN({ id }, cause);
    return onlyRow(await refuseTaken(updated, { image_shared_name }));
  },

  /** Those that failed before a time. */
  async purgeFailed(tx: Tx, before: Date): Promise<ImageRow[]> {
    return tx
      .delete(image)
      .where(and(eq(image.state, 'failed'), lt(image.updatedAt, before)))
      .returning();
  },

  async purge(tx: Tx, id: string): Promise<void> {
    await tx.delete(image).where(eq(image.id, id));
  },
};
