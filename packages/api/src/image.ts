import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import type { FileRegistry } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/** The compiled protos with their comments and custom options, as `buf build` wrote them. */
export const imagePath = join(__dirname, '..', 'image.binpb');

let loaded: FileRegistry | undefined;

/** Every message and service of proto/, for reflection, transcoding and OpenAPI. Read once. */
export function registry(): FileRegistry {
  loaded ??= createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(imagePath)));
  return loaded;
}
