import type { Operations, PgWorkSource, Tx } from '@thecloud/service-kit';
import type { HostSize } from '../host/largest-host';
import type { ImageRow } from '../image/image.schema';
import type { InstanceRow } from './instance.repo';
import type { Protocol } from './instance';

/** What is told of a change. */
export type ChangedInstance = Pick<
  InstanceRow,
  | 'id'
  | 'projectId'
  | 'name'
  | 'state'
  | 'reason'
  | 'message'
  | 'generation'
  | 'version'
  | 'hostId'
  | 'operationId'
  | 'ownerService'
  | 'ownerId'
>;

/** What the instance use cases need. */
export interface InstanceDeps {
  readonly operations: Pick<Operations, 'begin' | 'beginFirst' | 'record'>;
  readonly work: Pick<PgWorkSource, 'enqueue' | 'handOver'>;
  readonly images: {
    findByIdOrName(tx: Tx, projectId: string, idOrName: string): Promise<ImageRow | undefined>;
    idsOf(tx: Tx, projectId: string, idOrName: string): Promise<string[]>;
  };
  /** Facts beyond the caller's project: what hosts could ever hold, and which ports are taken on all of them. */
  readonly fleet: {
    largest(wanted: HostSize): Promise<HostSize | undefined>;
    /** Within a transaction it asks on that one's connection. */
    portsTaken(ports: ReadonlyArray<{ port: number; protocol: Protocol }>, tx?: Tx): Promise<number[]>;
  };
  /** Tells watchers and subscribers, after the commit. */
  readonly changed: (tx: Tx, row: ChangedInstance) => void;
  /** "registry/images/<id>@<digest>". */
  readonly imageReference: (image: ImageRow) => string;
}
