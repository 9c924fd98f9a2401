import type { commonV1 } from '@thecloud/api';
import { ownerOf } from '../db/owner';

/** What the row of every resource has. */
export interface ResourceRow {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly labels: Record<string, string>;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Of the last operation on it; absent: its kind has none. */
  readonly operationId?: string;
  /** Absent: its kind counts none, because nothing has to catch up with a change. */
  readonly generation?: number;
  readonly deletedAt?: Date | null;
  /** Of the service and the resource that made it for their own; absent or empty: a tenant did. */
  readonly ownerService?: string;
  readonly ownerId?: string;
}

/** domain -> proto: the part that is alike in all kinds of resources. */
export const metadataOf = (row: ResourceRow): commonV1.ResourceMetadata => ({
  id: row.id,
  name: row.name,
  projectId: row.projectId,
  labels: row.labels,
  generation: row.generation ?? 1,
  version: row.version,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  deletedAt: row.deletedAt ?? undefined,
  owner: ownerOf({ ownerService: row.ownerService ?? '', ownerId: row.ownerId ?? '' }),
  operationId: row.operationId ?? '',
});
