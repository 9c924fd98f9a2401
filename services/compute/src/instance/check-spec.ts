import type { Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { fits } from '../host/largest-host';
import { findInstanceType, knownTypes } from '../instance-type/instance-type';
import type { InstanceType } from '../instance-type/instance-type';
import { repeatedPort } from './instance';
import type { PublishedPort } from './instance';
import type { InstanceDeps } from './instance.ports';
import type { InstanceRow } from './instance.repo';

// What of a spec is refused, whether it is of a new instance or of a change.

/** INVALID_ARGUMENT INSTANCE_TYPE_UNKNOWN. */
export function typeNamed(name: string): InstanceType {
  const type = findInstanceType(name);
  if (!type) throw errors.INSTANCE_TYPE_UNKNOWN({ name, known: knownTypes });
  return type;
}

/** INVALID_ARGUMENT INSTANCE_TYPE_UNKNOWN, INSTANCE_TYPE_TOO_LARGE: no host could ever hold it. */
export async function refuseTooLarge(d: Pick<InstanceDeps, 'fleet'>, name: string): Promise<void> {
  const type = typeNamed(name);
  const largest = await d.fleet.largest(type);
  if (largest && !fits(type, largest)) throw errors.INSTANCE_TYPE_TOO_LARGE({ name });
}

/** Linux starts no program with more arguments and environment than this, in bytes. */
const MOST_PROGRAM_BYTES = 2 << 20;

/** INVALID_ARGUMENT PROGRAM_TOO_LARGE. */
export function refuseProgram(program: Pick<InstanceRow, 'entrypoint' | 'command' | 'env'>): void {
  const { entrypoint, command, env } = program;
  const texts = [...entrypoint, ...command, ...Object.entries(env).flat()];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0);
  if (bytes > MOST_PROGRAM_BYTES)
    throw errors.PROGRAM_TOO_LARGE({ bytes: String(bytes), limit: String(MOST_PROGRAM_BYTES) });
}

/** INVALID_ARGUMENT PORT_REPEATED; ALREADY_EXISTS HOST_PORT_TAKEN, unless it has a host, which then decides. */
export async function refusePorts(
  d: Pick<InstanceDeps, 'fleet'>,
  ports: readonly PublishedPort[],
  { placed = false, tx }: { placed?: boolean; tx?: Tx } = {},
): Promise<void> {
  const repeated = repeatedPort(ports);
  if (repeated) throw errors.PORT_REPEATED({ port: repeated });
  if (placed) return;
  const named = ports
    .filter((p) => p.hostPort !== 0)
    .map((p) => ({ port: p.hostPort, protocol: p.protocol }));
  const [taken] = await d.fleet.portsTaken(named, tx);
  if (taken !== undefined) throw errors.HOST_PORT_TAKEN({ port: String(taken) });
}

/** INVALID_ARGUMENT IMAGE_UNKNOWN; FAILED_PRECONDITION IMAGE_NOT_READY. */
export async function readyImage(
  d: Pick<InstanceDeps, 'images' | 'imageReference'>,
  tx: Tx,
  projectId: string,
  idOrName: string,
): Promise<Pick<InstanceRow, 'imageId' | 'imageReference'>> {
  const image = await d.images.findByIdOrName(tx, projectId, idOrName);
  if (!image) throw errors.IMAGE_UNKNOWN({ image: idOrName });
  if (image.state !== 'ready') throw errors.IMAGE_NOT_READY({ image: idOrName, state: image.state });
  return { imageId: image.id, imageReference: d.imageReference(image) };
}
