import type { computeV1 } from '@thecloud/api';
import { metadataOf, projectOf } from '@thecloud/service-kit';
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
    metadata: metadataOf({ ...row, version: gone ? row.version + 1 : row.version }),
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
