import { methods } from './gen/methods';
import type { MethodEntry } from './method-entry';

const byPath = new Map(methods.map((m) => [m.path, m]));

export function methodByPath(path: string): MethodEntry | undefined {
  return byPath.get(path);
}

/** Reads nothing and changes nothing: HTTP GET, or a stream that only answers. Such a call needs no idempotency key. */
export function isRead(method: MethodEntry): boolean {
  return method.http ? method.http.verb === 'GET' : method.responseStream;
}

/** Whether a call that may have been carried out can be sent again. `keyed`: it carries an idempotency key. */
export function isRepeatable({ repeat }: MethodEntry, keyed: boolean): boolean {
  return repeat === 'always' || (repeat === 'keyed' && keyed);
}
