import { and, count, eq, lt, ne, sql } from 'drizzle-orm';
import type { Tx } from '@thecloud/service-kit';
import { deletedImage } from './deleted-image.schema';
import type { ImageUsage } from './image-quota';
import { image } from './image.schema';
import type { ImageRow } from './image.schema';

/** Whose images are counted. A row of an older version does not name the person: its is empty. */
export type ImageOwner = Pick<ImageRow, 'projectId' | 'personId'>;

/** First keys of the advisory locks of `lock`. */
const PROJECT_IMAGES = 7_046_030;
const PERSON_IMAGES = 7_046_031;

/** What images take of a project and of a person. */
export const imageUsageRepo = {
  /** Until the transaction ends, no other one counts images of that project or person in order to add one. */
  async lock(tx: Tx, { projectId, personId }: ImageOwner): Promise<void> {
    if (personId)
      await tx.execute(sql`select pg_advisory_xact_lock(${PERSON_IMAGES}, hashtext(${personId}))`);
    await tx.execute(sql`select pg_advisory_xact_lock(${PROJECT_IMAGES}, hashtext(${projectId}))`);
  },

  /** Images being deleted do not count in number. Their bytes count until the registry has freed them. */
  async of(tx: Tx, { projectId, personId }: ImageOwner): Promise<ImageUsage> {
    const kept = and(eq(image.projectId, projectId), ne(image.state, 'deleting'));
    const [[images], [bytes], [deleted], person] = await Promise.all([
      tx.select({ count: count() }).from(image).where(kept),
      tx
        .select({ sum: sumOf(image.sizeBytes) })
        .from(image)
        .where(eq(image.projectId, projectId)),
      tx
        .select({ sum: sumOf(deletedImage.sizeBytes) })
        .from(deletedImage)
        .where(eq(deletedImage.projectId, projectId)),
      tx.execute<{ bytes: string }>(sql`select compute.image_bytes_of_person(${personId}) as bytes`),
    ]);
    return {
      images: images?.count ?? 0,
      bytes: BigInt(bytes?.sum ?? 0) + BigInt(deleted?.sum ?? 0),
      personBytes: BigInt(person.rows[0]?.bytes ?? 0),
    };
  },

  /** An image that is no longer in the registry, or will not stay there. Noting it again changes nothing. */
  async noteDeleted(tx: Tx, row: ImageOwner & Pick<ImageRow, 'id' | 'sizeBytes'>): Promise<void> {
    const { id, projectId, personId, sizeBytes } = row;
    if (sizeBytes > 0n)
      await tx.insert(deletedImage).values({ id, projectId, personId, sizeBytes }).onConflictDoNothing();
  },

  /** Those deleted before a time: the registry has freed them. */
  async forgetDeleted(tx: Tx, before: Date): Promise<void> {
    await tx.delete(deletedImage).where(lt(deletedImage.deletedAt, before));
  },
};

const sumOf = (column: typeof image.sizeBytes | typeof deletedImage.sizeBytes) =>
  sql<string>`coalesce(sum(${column}), 0)`;
