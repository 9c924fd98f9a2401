import { desc, eq } from 'drizzle-orm';
import type { commonV1 } from '@thecloud/api';
import type { Tx } from '../db/connection';
import type { KitTables } from '../db/tables';
import { toProto } from './operation.rpc';

/** The newest operation on a resource, whole: for the service that owns it. */
export async function newestOperation(
  tx: Tx,
  { operation }: Pick<KitTables, 'operation'>,
  resourceId: string,
): Promise<commonV1.Operation | undefined> {
  const mine = eq(operation.resourceId, resourceId);
  const [row] = await tx.select().from(operation).where(mine).orderBy(desc(operation.id)).limit(1);
  return row && toProto(row);
}
