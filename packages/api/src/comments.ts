import type { DescField, DescFile, DescMessage, DescMethod, DescService } from '@bufbuild/protobuf';

type Described = DescField | DescMessage | DescMethod | DescService;

// Numbers of FileDescriptorProto.message_type and .service, DescriptorProto.nested_type and .field, ServiceDescriptorProto.method.
const [inFileMessage, inFileService, inMessageNested, inMessageField, inServiceMethod] = [4, 6, 3, 2, 2];

/** The comment that stands above a declaration in its proto, as prose; undefined if there is none. */
export function commentOf(desc: Described): string | undefined {
  const file = desc.kind === 'field' || desc.kind === 'rpc' ? desc.parent.file : desc.file;
  const text = commentsByPath(file).get(pathOf(desc).join('.'));
  return text?.replace(/\s*\n\s*/g, ' ').trim() || undefined;
}

const cache = new WeakMap<DescFile, Map<string, string>>();

function commentsByPath(file: DescFile): Map<string, string> {
  const known = cache.get(file);
  if (known) return known;
  const comments = new Map<string, string>();
  for (const location of file.proto.sourceCodeInfo?.location ?? []) {
    if (location.leadingComments) comments.set(location.path.join('.'), location.leadingComments);
  }
  cache.set(file, comments);
  return comments;
}

function pathOf(desc: Described): number[] {
  switch (desc.kind) {
    case 'service':
      return [inFileService, desc.file.proto.service.indexOf(desc.proto)];
    case 'rpc':
      return [...pathOf(desc.parent), inServiceMethod, desc.parent.proto.method.indexOf(desc.proto)];
    case 'field':
      return [...pathOf(desc.parent), inMessageField, desc.parent.proto.field.indexOf(desc.proto)];
    case 'message':
      return desc.parent
        ? [...pathOf(desc.parent), inMessageNested, desc.parent.proto.nestedType.indexOf(desc.proto)]
        : [inFileMessage, desc.file.proto.messageType.indexOf(desc.proto)];
  }
}
