// Writes the descriptor image that clients are generated from: the public methods and what they are made of, without
// the options that only our own processes read (a client must not claim their numbers in its user's program).
//   node public-image.mts OUT
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import type { FileDescriptorProto, SourceCodeInfo_Location } from '@bufbuild/protobuf/wkt';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { imagePath, publicEntries } from './model.mts';

const buf = join(import.meta.dirname, '../../../../node_modules/.bin/buf');
const types = publicEntries.map((entry) => `--type=${entry.service}.${entry.rpc}`);
const set = fromBinary(
  FileDescriptorSetSchema,
  execFileSync(buf, ['build', imagePath, ...types, '-o', '-'], { maxBuffer: 64 * 1024 * 1024 }),
);

/** Options of this project and of google.api are extensions, which nobody here has decoded. */
function forgetExtensions(value: unknown): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  const message = value as { $typeName?: string; $unknown?: unknown };
  if (message.$typeName?.endsWith('Options')) delete message.$unknown;
  for (const child of Object.values(value)) forgetExtensions(child);
}

const isOptions = (name: string) =>
  name === 'thecloud/common/v1/options.proto' || name.startsWith('google/api/');

const inDependency = 3; // number of FileDescriptorProto.dependency

/** Comments, at no place: that something else in a file has moved must not make the clients differ. */
function commentsOnly(file: FileDescriptorProto): void {
  const isComment = ({ path, leadingComments, trailingComments }: SourceCodeInfo_Location) =>
    path[0] !== inDependency && Boolean(leadingComments || trailingComments);
  const locations = file.sourceCodeInfo?.location.filter(isComment) ?? [];
  for (const location of locations) {
    location.span = [0, 0, 0];
    location.leadingDetachedComments = [];
  }
  if (file.sourceCodeInfo) file.sourceCodeInfo.location = locations;
}

set.file = set.file.filter(
  (file) => !isOptions(file.name) && file.name !== 'google/protobuf/descriptor.proto',
);
for (const file of set.file) {
  forgetExtensions({ ...file, sourceCodeInfo: undefined });
  file.dependency = file.dependency.filter((name) => !isOptions(name));
  commentsOnly(file);
}
writeFileSync(process.argv[2]!, toBinary(FileDescriptorSetSchema, set));
