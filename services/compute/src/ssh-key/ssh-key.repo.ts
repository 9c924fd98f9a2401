import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { named, violatedUnique } from '@thecloud/service-kit';
import type { NameFilter, Page, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { sshKey } from './ssh-key.schema';
import type { SshKeyRow } from './ssh-key.schema';

/** SQL of SSH keys. Row-level security confines every method to the transaction's project. */
export const sshKeyRepo = {
  insert: (tx: Tx, row: typeof sshKey.$inferInsert) =>
    nameFree(row.name, () => tx.insert(sshKey).values(row).returning()),

  rename: (tx: Tx, id: string, name: string, operationId: string) =>
    nameFree(name, () =>
      tx
        .update(sshKey)
        .set({ name, operationId, version: sql`${sshKey.version} + 1`, updatedAt: new Date() })
        .where(eq(sshKey.id, id))
        .returning(),
    ),

  async find(tx: Tx, id: string): Promise<SshKeyRow | undefined> {
    const [found] = await tx.select().from(sshKey).where(eq(sshKey.id, id));
    return found;
  },

  /** For a change: holds the row until the transaction ends. NOT_FOUND SSH_KEY_NOT_FOUND. */
  async lock(tx: Tx, id: string): Promise<SshKeyRow> {
    const [found] = await tx.select().from(sshKey).where(eq(sshKey.id, id)).for('update');
    if (!found) throw errors.SSH_KEY_NOT_FOUND({ id });
    return found;
  },

  list: (tx: Tx, projectId: string, filter: NameFilter, page: Page): Promise<SshKeyRow[]> =>
    tx
      .select()
      .from(sshKey)
      .where(
        and(
          eq(sshKey.projectId, projectId),
          ...named(sshKey, filter),
          page.after ? lt(sshKey.id, page.after) : undefined,
        ),
      )
      .orderBy(desc(sshKey.id))
      .limit(page.size + 1),

  async remove(tx: Tx, id: string): Promise<void> {
    await tx.delete(sshKey).where(eq(sshKey.id, id));
  },
};

/** ALREADY_EXISTS SSH_KEY_NAME_TAKEN or SSH_KEY_KNOWN. */
async function nameFree(name: string, write: () => Promise<SshKeyRow[]>): Promise<SshKeyRow> {
  try {
    const [row] = await write();
    if (!row) throw new Error('a row that was locked is gone');
    return row;
  } catch (cause) {
    const constraint = violatedUnique(cause);
    if (constraint === 'ssh_key_name') throw errors.SSH_KEY_NAME_TAKEN({ name }, cause);
    if (constraint === 'ssh_key_fingerprint') throw errors.SSH_KEY_KNOWN({}, cause);
    throw cause;
  }
}
