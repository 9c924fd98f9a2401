import { readFileSync } from 'node:fs';
import type { Server } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { imagePath } from '@thecloud/api';
import type { Implementation } from './implement';

/** Lets a stock gRPC client list and describe these services, without files of ours. */
export function addReflection(server: Server, services: readonly Implementation[]): void {
  const names = services.map((s) => Object.values(s.definition)[0]?.path.split('/')[1] ?? '');
  descriptors ??= loadFileDescriptorSetFromBuffer(readFileSync(imagePath));
  new ReflectionService(descriptors, { services: names }).addToServer(server);
}

let descriptors: ReturnType<typeof loadFileDescriptorSetFromBuffer> | undefined;

/** The same of a descriptor set (google.protobuf.FileDescriptorSet, encoded), with every service in it. */
export function addReflectionOf(server: Server, image: Uint8Array): void {
  new ReflectionService(loadFileDescriptorSetFromBuffer(Buffer.from(image))).addToServer(server);
}
