import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { status } from '@grpc/grpc-js';
import type { Server, ServerDuplexStream } from '@grpc/grpc-js';
import { imagePath, reflectionV1, reflectionV1alpha } from '@thecloud/api';
import { DescriptorIndex } from './descriptor-index';

type Request = reflectionV1.ServerReflectionRequest;
type Response = reflectionV1.ServerReflectionResponse;
type Answer = NonNullable<Response['messageResponse']>;

/** Services of gRPC itself, which every server of ours has. */
const OF_GRPC = [
  'grpc.health.v1.Health',
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
];

let ours: DescriptorIndex | undefined;

/**
 * Server reflection (grpc.reflection v1 and v1alpha): lists these services, by their full names, and describes them.
 * `image` is a google.protobuf.FileDescriptorSet that describes them and those of gRPC; absent: everything in proto/.
 */
export function addReflection(server: Server, services: readonly string[], image?: Uint8Array): void {
  const index = image ? new DescriptorIndex(image) : (ours ??= new DescriptorIndex(readFileSync(imagePath)));
  const service = [...services, ...OF_GRPC].sort().map((name) => ({ name }));
  const answer = (request: Request): Answer => answerTo(request, service, index);
  const serverReflectionInfo = (call: ServerDuplexStream<Request, Response>) => void converse(call, answer);
  // Both versions have the same messages under other names.
  for (const definition of [reflectionV1.ServerReflectionService, reflectionV1alpha.ServerReflectionService])
    server.addService(definition, { serverReflectionInfo });
}

/** Each request gets one response, in order. The next one is read when there is room for its response. */
async function converse(
  call: ServerDuplexStream<Request, Response>,
  answer: (request: Request) => Answer,
): Promise<void> {
  const gone = new AbortController();
  call.on('cancelled', () => gone.abort());
  call.on('error', () => gone.abort()); // an 'error' event without a listener would end the process
  try {
    for await (const request of call as AsyncIterable<Request>) {
      const response = {
        validHost: request.host,
        originalRequest: request,
        messageResponse: answer(request),
      };
      if (!call.write(response)) await once(call, 'drain', { signal: gone.signal });
    }
    call.end();
  } catch {
    // The caller has gone, or sent what is no request; grpc-js has ended the call.
  }
}

function answerTo(
  { messageRequest: asked }: Request,
  service: { name: string }[],
  index: DescriptorIndex,
): Answer {
  const failure = (errorCode: number, errorMessage: string): Answer => ({
    $case: 'errorResponse',
    value: { errorCode, errorMessage },
  });
  const files = (found: Uint8Array[] | undefined, what: string): Answer =>
    found
      ? { $case: 'fileDescriptorResponse', value: { fileDescriptorProto: found.map((f) => Buffer.from(f)) } }
      : failure(status.NOT_FOUND, `There is no ${what} here.`);
  switch (asked?.$case) {
    case 'listServices':
      return { $case: 'listServicesResponse', value: { service } };
    case 'fileByFilename':
      return files(index.byName(asked.value), `file ${asked.value}`);
    case 'fileContainingSymbol':
      return files(index.bySymbol(asked.value), `symbol ${asked.value}`);
    case 'fileContainingExtension': {
      const { containingType, extensionNumber } = asked.value;
      const what = `extension ${extensionNumber} of ${containingType}`;
      return files(index.byExtension(containingType, extensionNumber), what);
    }
    case 'allExtensionNumbersOfType': {
      const extensionNumber = index.extensionNumbers(asked.value);
      if (!extensionNumber) return failure(status.NOT_FOUND, `There is no message ${asked.value} here.`);
      return {
        $case: 'allExtensionNumbersResponse',
        value: { baseTypeName: asked.value, extensionNumber },
      };
    }
    default:
      return failure(status.UNIMPLEMENTED, 'This server does not know that kind of reflection request.');
  }
}
