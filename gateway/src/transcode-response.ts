import { BinaryReader } from '@bufbuild/protobuf/wire';
import { jsonWriter } from './json-writer';
import type { Route } from './routes';
import { fieldNamed } from './routes';

export interface HttpAnswer {
  /** UTF-8. */
  readonly json: Buffer;
  /** `"<metadata.version>"`, for resources that have one. */
  readonly etag: string | undefined;
}

interface Decoder {
  readonly write: (bytes: Buffer) => Buffer;
  /** Numbers of `metadata` and of `version` in it. */
  readonly versionAt: readonly [number, number] | undefined;
}

const decoders = new Map<string, Decoder>();

/** Canonical proto JSON under the proto's own names; empty lists and zeros are written out. */
export function decodeResponse(route: Route, bytes: Buffer): HttpAnswer {
  const { write, versionAt } = decoders.get(route.output.typeName) ?? decoderOf(route);
  const version = versionAt && numberAt(bytes, versionAt);
  return { json: write(bytes), etag: version ? `"${version}"` : undefined };
}

function decoderOf({ output }: Route): Decoder {
  const metadata = fieldNamed(output, 'metadata');
  const version = metadata?.fieldKind === 'message' && fieldNamed(metadata.message, 'version');
  const decoder: Decoder = {
    write: jsonWriter(output),
    versionAt: metadata && version ? [metadata.number, version.number] : undefined,
  };
  decoders.set(output.typeName, decoder);
  return decoder;
}

/** The varint that stands under those field numbers, the last being its own; 0 if there is none. */
function numberAt(bytes: Buffer, [number, ...deeper]: readonly number[]): number {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 !== number) reader.skip(tag & 7, tag >>> 3);
    else return deeper.length === 0 ? reader.uint32() : numberAt(Buffer.from(reader.bytes()), deeper);
  }
  return 0;
}
