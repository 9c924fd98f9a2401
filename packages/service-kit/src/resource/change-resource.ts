import { commonErrors } from '@thecloud/kernel';
import type { Tx } from '../db/connection';
import { refuseOwned } from '../db/owner';
import type { Operations } from '../operation/operations';
import type { PurgeCaller } from '../project/project-content';

/** What of a row says which resource it is, and which version of it. */
interface Changeable {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly version: number;
  /** Of the service that made it for its own: see refuseOwned. */
  readonly ownerService?: string;
  readonly ownerId?: string;
}

/** What becomes of a resource. */
export interface Decision<Row> {
  /** Of the operation: "instance.stop". */
  readonly kind: string;
  /** The operation's first step. */
  readonly step: string;
  readonly change: Partial<Row>;
}

/** A request for what is already so changes nothing, and begins no operation. */
export type Decide<Row, D extends Decision<Row> = Decision<Row>> = (
  row: Row,
) => D | 'already so' | Promise<D | 'already so'>;

/** How resources of a kind are changed. */
export interface ChangeDeps<Row, D extends Decision<Row> = Decision<Row>> {
  readonly operations: Pick<Operations, 'begin' | 'record'>;
  /** Holds the row until the transaction ends; throws the kind's NOT_FOUND. */
  readonly lock: (tx: Tx, id: string) => Promise<Row>;
  /** Writes the change and counts a version. */
  readonly save: (tx: Tx, row: Row, decided: D, operationId: string) => Promise<Row>;
  /** Has its controller look at it. Absent: the change is done with its transaction, and so is the operation. */
  readonly wake?: (tx: Tx, id: string) => Promise<void>;
  /** Says that it has changed, to whoever watches. */
  readonly changed: (tx: Tx, row: Row) => void;
}

/**
 * The one way in which a request changes a resource: lock, decide, save, record an operation, wake the controller.
 * Answers with the row as it then is. PERMISSION_DENIED OWNED_BY_SERVICE; ABORTED VERSION_MISMATCH: the caller expects
 * another version (0: any).
 */
export async function changeResource<Row extends Changeable, D extends Decision<Row> = Decision<Row>>(
  d: ChangeDeps<Row, D>,
  tx: Tx,
  ctx: PurgeCaller,
  id: string,
  decide: Decide<Row, D>,
  ifVersion = 0,
): Promise<Row> {
  const row = await d.lock(tx, id);
  refuseOwned(ctx, { id, ownerService: row.ownerService ?? '', ownerId: row.ownerId ?? '' });
  if (ifVersion !== 0 && ifVersion !== row.version)
    throw commonErrors.VERSION_MISMATCH({ current: String(row.version) });
  const decided = await decide(row);
  if (decided === 'already so') return row;
  const { kind, step, change } = decided;
  const about = { kind, step, resource: { ...row, ...change } };
  const operationId = await (d.wake
    ? d.operations.begin(tx, ctx, about)
    : d.operations.record(tx, ctx, about));
  const saved = await d.save(tx, row, decided, operationId);
  await d.wake?.(tx, id);
  d.changed(tx, saved);
  return saved;
}
