import type { Tx } from '../db/connection';
import type { KitTables } from '../db/tables';

/** True the first time a consumer sees an event; call it in the transaction of the effect, and do nothing on false. */
export async function firstTime(
  tx: Tx,
  { inbox }: Pick<KitTables, 'inbox'>,
  consumer: string,
  eventId: string,
): Promise<boolean> {
  const taken = await tx
    .insert(inbox)
    .values({ consumer, eventId })
    .onConflictDoNothing()
    .returning({ id: inbox.eventId });
  return taken.length === 1;
}
