import { fromBinary, toJson } from '@bufbuild/protobuf';
import { registry } from '@thecloud/api';
import type { Route } from './routes';

export interface HttpAnswer {
  readonly json: string;
  /** `"<metadata.version>"`, for resources that have one. */
  readonly etag: string | undefined;
}

/** Canonical proto JSON under the proto's own names; empty lists and zeros are written out. */
export function decodeResponse(route: Route, bytes: Uint8Array): HttpAnswer {
  const message = fromBinary(route.output, bytes);
  const json = toJson(route.output, message, {
    useProtoFieldName: true,
    alwaysEmitImplicit: true,
    registry: registry(),
  });
  return { json: JSON.stringify(json), etag: etagOf(json) };
}

function etagOf(json: unknown): string | undefined {
  const version = (json as { metadata?: { version?: unknown } } | null)?.metadata?.version;
  return typeof version === 'number' && version > 0 ? `"${version}"` : undefined;
}
