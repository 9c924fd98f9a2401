import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import type { MethodEntry } from '@thecloud/api';

/**
 * The part of a descriptor set that describes these methods and the services of gRPC itself (health, reflection).
 * Services without any of these methods are left out, and so are files that nothing left in needs.
 */
export function publicImage(image: Uint8Array, methods: readonly MethodEntry[]): Uint8Array {
  const shown = new Set(methods.map((m) => `${m.service}.${m.rpc}`));
  const files = new Map(
    fromBinary(FileDescriptorSetSchema, image).file.map((file) => [file.name, withOnly(file, shown)]),
  );
  const needed = new Set<string>();
  const need = (name: string) => {
    const file = files.get(name);
    if (!file || needed.has(name)) return;
    needed.add(name);
    file.dependency.forEach(need);
  };
  for (const file of files.values()) if (file.service.length > 0) need(file.name);
  const file = [...files.values()].filter((f) => needed.has(f.name));
  return toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file }));
}

function withOnly(file: FileDescriptorProto, shown: ReadonlySet<string>): FileDescriptorProto {
  if (file.package.startsWith('grpc.')) return file;
  const service = file.service
    .map((s) => ({ ...s, method: s.method.filter((m) => shown.has(`${file.package}.${s.name}.${m.name}`)) }))
    .filter((s) => s.method.length > 0);
  // Comments go by position, and positions have changed.
  return { ...file, service, sourceCodeInfo: undefined };
}
