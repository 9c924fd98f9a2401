import { and, desc, eq, inArray, isNull, lt } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { Tx } from '../db/connection';
import type { Page } from '../db/page';
import type { KitTables } from '../db/tables';

export type OperationRow = KitTables['operation']['$inferSelect'];

/** What is empty narrows nothing. */
export interface OperationFilter {
  /** Id or name. A name finds all operations of each resource that has it or had it before it was renamed. */
  readonly resource?: string;
  readonly kind?: string;
  readonly state?: string;
}

/** An id has an underscore, and a name never has. */
const isId = (resource: string) => resource.includes('_');

/** SQL of a service's operations. Row-level security confines every method to the transaction's project. */
export class OperationRepo {
  constructor(private readonly tables: Pick<KitTables, 'operation'>) {}

  /** Newest first. `open`: only those that have not ended. */
  list(
    tx: Tx,
    projectId: string,
    page: Page,
    filter: OperationFilter,
    open: boolean,
  ): Promise<OperationRow[]> {
    const { operation } = this.tables;
    return tx
      .select()
      .from(operation)
      .where(
        and(
          page.after ? lt(operation.id, page.after) : undefined,
          open ? isNull(operation.endedAt) : undefined,
          ...this.#narrowed(tx, projectId, filter),
        ),
      )
      .orderBy(desc(operation.id))
      .limit(page.size + 1);
  }

  /** Those of these ids that are asked for. */
  find(tx: Tx, projectId: string, ids: string[], filter: OperationFilter = {}): Promise<OperationRow[]> {
    const { operation } = this.tables;
    return tx
      .select()
      .from(operation)
      .where(and(inArray(operation.id, ids), ...this.#narrowed(tx, projectId, filter)));
  }

  #narrowed(tx: Tx, projectId: string, { resource, kind, state }: OperationFilter): (SQL | undefined)[] {
    const { operation } = this.tables;
    return [
      eq(operation.projectId, projectId),
      kind ? eq(operation.kind, kind) : undefined,
      state ? eq(operation.state, state as OperationRow['state']) : undefined,
      resource
        ? isId(resource)
          ? eq(operation.resourceId, resource)
          : this.#named(tx, projectId, resource)
        : undefined,
    ];
  }

  #named(tx: Tx, projectId: string, name: string): SQL {
    const { operation } = this.tables;
    const ids = tx
      .select({ id: operation.resourceId })
      .from(operation)
      .where(and(eq(operation.projectId, projectId), eq(operation.resourceName, name)));
    return inArray(operation.resourceId, ids);
  }
}
