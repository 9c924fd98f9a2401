import { join } from 'node:path';
import { credentials, loadPackageDefinition, Metadata } from '@grpc/grpc-js';
import type { ClientDuplexStream, ClientReadableStream, ServiceError, Client } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer, loadSync } from '@grpc/proto-loader';
import type { Options } from '@grpc/proto-loader';

type Message = Record<string, unknown>;

/** Calls of one service, all that was ever told of it by the server itself. */
export interface StockClient {
  /** Full names, as server reflection lists them. */
  readonly services: readonly string[];
  unary(service: string, method: string, request: Message, metadata?: Metadata): Promise<Message>;
  open(service: string, method: string, request: Message, metadata?: Metadata): ClientReadableStream<Message>;
  talk(service: string, method: string, metadata?: Metadata): ClientDuplexStream<Message, Message>;
  close(): void;
}

type Ctor = new (address: string, from: ReturnType<typeof credentials.createSsl>) => Client;
type Method = (...args: unknown[]) => never;
const plain: Options = { keepCase: true, longs: String, enums: String, bytes: Buffer, oneofs: false };
const limitMs = 20_000;

/** grpc-js with nothing of ours: it learns the services by reflection, from descriptors that the server sends. */
export async function stockClient(
  address: string,
  version: 'v1' | 'v1alpha' = 'v1',
  from = credentials.createInsecure(),
): Promise<StockClient> {
  const { services, files } = await reflect(address, version, from);
  const loaded = loadPackageDefinition(loadFileDescriptorSetFromBuffer(fileSet(files), plain));
  const clients = new Map<string, Client>();
  const of = (service: string, method: string): [Client, Method] => {
    const Found = at(loaded, service) as Ctor;
    const client = clients.get(service) ?? new Found(address, from);
    clients.set(service, client);
    return [client, (client as unknown as Record<string, Method>)[method]!];
  };
  const options = () => ({ deadline: Date.now() + limitMs });
  return {
    services,
    unary: (service, method, request, metadata = new Metadata()) =>
      new Promise((resolve, reject) => {
        const [client, call] = of(service, method);
        const done = (e: ServiceError | null, m: Message) => (e ? reject(e) : resolve(m));
        call.call(client, request, metadata, options(), done);
      }),
    open: (service, method, request, metadata = new Metadata()) => {
      const [client, call] = of(service, method);
      return call.call(client, request, metadata, options());
    },
    talk: (service, method, metadata = new Metadata()) => {
      const [client, call] = of(service, method);
      return call.call(client, metadata, options());
    },
    close: () => clients.forEach((client) => client.close()),
  };
}

/** Every service's name, and the files that describe them, encoded. */
async function reflect(address: string, version: string, from: ReturnType<typeof credentials.createSsl>) {
  const proto = join(__dirname, `../../../proto/grpc/reflection/${version}/reflection.proto`);
  const Reflection = at(
    loadPackageDefinition(loadSync(proto)),
    `grpc.reflection.${version}.ServerReflection`,
  );
  const client = new (Reflection as Ctor)(address, from) as Client & { serverReflectionInfo: Method };
  const stream: ClientDuplexStream<Message, Message> = client.serverReflectionInfo();
  const broken = new Promise<never>((_, reject) => stream.once('error', reject));
  broken.catch(() => {}); // whoever asks hears of it
  const ask = (question: Message) => {
    const answer = new Promise<Message>((resolve) => stream.once('data', resolve));
    stream.write(question);
    return Promise.race([answer, broken]);
  };
  try {
    const list = await ask({ listServices: '' });
    const services = (list.listServicesResponse as { service: { name: string }[] }).service.map(
      (s) => s.name,
    );
    const files = new Map<string, Buffer>();
    for (const fileContainingSymbol of services) {
      const { fileDescriptorResponse } = await ask({ fileContainingSymbol });
      for (const file of (fileDescriptorResponse as { fileDescriptorProto: Buffer[] }).fileDescriptorProto)
        files.set(file.toString('base64'), file);
    }
    return { services, files: [...files.values()] };
  } finally {
    stream.end();
    client.close();
  }
}

/** google.protobuf.FileDescriptorSet: each file is its field 1. */
function fileSet(files: readonly Buffer[]): Buffer {
  return Buffer.concat(files.flatMap((file) => [Buffer.from([0x0a]), varint(file.length), file]));
}

function varint(n: number): Buffer {
  const bytes: number[] = [];
  for (; n > 0x7f; n >>>= 7) bytes.push((n & 0x7f) | 0x80);
  return Buffer.from([...bytes, n]);
}

const at = (root: unknown, path: string): unknown =>
  path.split('.').reduce((node, name) => (node as Record<string, unknown>)[name], root);
