import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { named, onlyRow, refuseTaken } from '@thecloud/service-kit';
import type { NameFilter, Page, TakenErrors, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { sshKey } from './ssh-key.schema';
import type { SshKeyRow } from './ssh-key.schema';

/** SQL of SSH keys. Row-level security confines every method to the transaction's project. */
export const sshKeyRepo = {
  insert: (tx: Tx, row: typeof sshKey.$inferInsert) =>
    refuseTaken(tx.insert(sshKey).values(row).returning(), taken(row.name)).then(onlyRow),

  /** Writes a change of a locked row and counts it. */
  update: (tx: Tx, id: string, change: Partial<SshKeyRow>) =>
    refuseTaken(
      tx
        .update(sshKey)
        .set({ ...change, version: sql`${sshKey.version} + 1`, updatedAt: new Date() })
        .where(eq(sshKey.id, id))
        .returning(),
      taken(change.name ?? ''),
    ).then(onlyRow),

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
const taken = (name: string): TakenErrors => ({
  ssh_key_name: (cause) => errors.SSH_KEY_NAME_TAKEN({ name }, cause),
  ssh_key_fingerprint: (cause) => errors.SSH_KEY_KNOWN({}, cause),
});
