import { eq } from 'drizzle-orm';
import { newId } from '@thecloud/kernel';
import type { Foundation } from '@thecloud/service-kit';
import { pair, pairChild } from './pair.schema';

export interface NewPair {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly image: string;
  readonly type: string;
  readonly requestedBy: string;
}

/** What a person may wish of pairs. Each twice is each once. */
export const pairWishes = (f: Pick<Foundation, 'db' | 'work' | 'operations'>) => ({
  async create(wish: NewPair): Promise<void> {
    const { id, projectId, name, requestedBy } = wish;
    await f.db.write({ projectId }, async (tx) => {
      const operationId = newId('operation');
      const made = await tx
        .insert(pair)
        .values({ ...wish, operationId })
        .onConflictDoNothing()
        .returning();
      if (made.length === 0) return;
      const children = ['a', 'b'].map((side) => ({
        id: newId('instance'),
        projectId,
        pairId: id,
        name: `${name}-${side}`,
      }));
      await tx.insert(pairChild).values(children);
      const by = { requestId: id, delegation: { projectId, operationId, requestedBy } };
      const about = { kind: 'pair.create', step: 'make instances', id: operationId };
      await f.operations.beginFirst(tx, by, { ...about, resource: { id, name, projectId } });
      await f.work.enqueue(tx, 'pair', id);
    });
  },

  async remove(projectId: string, id: string): Promise<void> {
    await f.db.write({ projectId }, async (tx) => {
      const [row] = await tx.select().from(pair).where(eq(pair.id, id)).for('update');
      if (!row || row.desired === 'absent') return;
      const { requestedBy, generation, name } = row;
      const by = { requestId: id, delegation: { projectId, operationId: '', requestedBy } };
      const about = { kind: 'pair.delete', step: 'remove instances', resource: { id, name, projectId } };
      const operationId = await f.operations.begin(tx, by, about);
      const change = {
        desired: 'absent',
        state: 'deleting',
        generation: generation + 1,
        operationId,
      } as const;
      await tx.update(pair).set(change).where(eq(pair.id, id));
      await f.work.enqueue(tx, 'pair', id);
    });
  },
});
