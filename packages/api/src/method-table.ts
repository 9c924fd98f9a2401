import { methods } from './gen/methods';
import type { MethodEntry } from './method-entry';

const byPath = new Map(methods.map((m) => [m.path, m]));

export function methodByPath(path: string): MethodEntry | undefined {
  return byPath.get(path);
}

const BULK: ReadonlySet<string> = new Set([
  '/thecloud.compute.v1.ImageService/UploadImage',
  '/thecloud.compute.v1.InstanceService/ExecInstance',
  '/thecloud.compute.v1.InstanceService/ReadInstanceFiles',
  '/thecloud.compute.v1.InstanceService/ReadInstanceLogs',
  '/thecloud.compute.v1.InstanceService/WriteInstanceFiles',
]);

/**
 * A stream of bytes (logs, programs, files, archives), as fast as it is read. The other public streams are watches: many,
 * with small and rare messages.
 */
export const isBulk = ({ path }: MethodEntry): boolean => BULK.has(path);

/** Reads nothing and changes nothing: HTTP GET, or a stream that only answers. Such a call needs no idempotency key. */
export function isRead(method: MethodEntry): boolean {
  return method.http ? method.http.verb === 'GET' : method.responseStream;
}

/** Whether a call that may have been carried out can be sent again. `keyed`: it carries an idempotency key. */
export function isRepeatable({ repeat }: MethodEntry, keyed: boolean): boolean {
  return repeat === 'always' || (repeat === 'keyed' && keyed);
}
