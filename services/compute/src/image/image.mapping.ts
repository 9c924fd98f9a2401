import type { computeV1 } from '@thecloud/api';
import { projectOf } from '@thecloud/service-kit';
import type { RequestContext } from '@thecloud/service-kit';
import type { ImageRow } from './image.schema';

/**
 * domain -> proto, as the caller may see it: an image that another project shares does not say whose it is. Administrators
 * of the installation, who need no project to act in, see all of it.
 */
export const shownTo = (ctx: RequestContext, row: ImageRow, gone = false): computeV1.Image =>
  toProto(
    ctx.method.auth.scope === 'platform' || row.projectId === projectOf(ctx)
      ? row
      : { ...row, projectId: '', operationId: '', source: '', copiedFrom: '' },
    gone,
  );

function toProto(row: ImageRow, gone = false): computeV1.Image {
  return {
    metadata: {
      id: row.id,
      name: row.name,
      projectId: row.projectId,
      labels: row.labels,
      generation: 1,
      version: gone ? row.version + 1 : row.version,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
      deletedAt: undefined,
      owner: undefined,
      operationId: row.operationId,
    },
    spec: { source: row.source },
    status: {
      state: gone ? 'deleted' : row.state,
      reason: row.reason,
      message: row.message,
      digest: row.digest,
      sizeBytes: row.sizeBytes,
      readyAt: row.readyAt ?? undefined,
      observedGeneration: row.state === 'importing' ? 0 : 1,
      shared: row.shared,
      copiedFrom: row.copiedFrom,
    },
  };
}
