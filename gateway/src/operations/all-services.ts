import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { methods } from '@thecloud/api';
import type { MethodEntry } from '@thecloud/api';
import type { CallOptions } from '../backend-call';
import type { HttpConfig } from '../config';
import type { CallService } from '../lane/lanes';
import { openStreamCall } from '../stream/stream-call';
import type { StreamCall } from '../stream/stream-call';
import type { StreamClients } from '../stream/stream-client';
import { firstThatHas, mergePages } from './merge';

/** In place of a service's name: OperationService, which each service serves for its own operations. */
export const ALL_SERVICES = 'common';

/** As configured, or else all that have methods for users. */
export function operationServicesOf(config: HttpConfig, served: readonly MethodEntry[] = methods): string[] {
  const chosen = config.THECLOUD_GATEWAY_OPERATION_SERVICES?.split(',');
  const named = served.filter((m) => m.auth.peers.length === 0).map(serviceOf);
  return chosen ?? [...new Set(named.filter((name) => name !== ALL_SERVICES))];
}

/** "compute" for thecloud.compute.v1. */
export const serviceOf = ({ service }: Pick<MethodEntry, 'service'>): string => service.split('.')[1] ?? '';

/**
 * Calls of one service pass; those of all are merged: a list of all lists, anything else from the service that has it.
 * One that does not answer fails a list, rather than have it silently lack something.
 */
export const callAll =
  (services: readonly string[], call: CallService): CallService =>
  async (service, path, message, o) => {
    const [only = service, ...others] = service === ALL_SERVICES ? services : [service];
    if (others.length === 0) return call(only, path, message, { ...o, backend: only });
    const answered = new AbortController();
    const signal = AbortSignal.any([answered.signal, ...(o.signal ? [o.signal] : [])]);
    const asked = services.map((one) => call(one, path, message, { ...o, backend: one, signal }));
    try {
      return path.endsWith('/ListOperations')
        ? mergePages(message, await Promise.all(asked))
        : await firstThatHas(asked);
    } finally {
      answered.abort(); // the others need not go on
    }
  };

/** The same of streams: a watch of many is one of all services, that of a single one is its service's. */
export function openAll(
  services: readonly string[],
  clients: StreamClients,
  method: MethodEntry,
  first: Buffer,
  o: CallOptions,
): StreamCall {
  const asked = o.backend === ALL_SERVICES ? services : [o.backend];
  const calls = asked.map((backend) => openStreamCall(clients, method, first, { ...o, backend }));
  if (calls.length === 1) return calls[0]!;
  return method.rpc === 'WatchOperations' ? together(calls) : oneOf(calls);
}

/** Requests are never streamed to several services. */
const NO_REQUESTS = { send: () => true, drained: () => undefined, endRequests: () => undefined };

function together(calls: readonly StreamCall[]): StreamCall {
  return {
    ...NO_REQUESTS,
    accepted: async (withinMs) => void (await Promise.all(calls.map((call) => call.accepted(withinMs)))),
    messages: () => interleaved(calls.map((call) => call.messages())),
    cancel: () => calls.forEach((call) => call.cancel()),
  };
}

function oneOf(calls: readonly StreamCall[]): StreamCall {
  let chosen = calls[0]!;
  return {
    ...NO_REQUESTS,
    accepted: async (withinMs) => {
      chosen = await firstThatHas(calls.map((call) => call.accepted(withinMs).then(() => call)));
      for (const call of calls) if (call !== chosen) call.cancel();
    },
    messages: () => chosen.messages(),
    cancel: () => calls.forEach((call) => call.cancel()),
  };
}

/** Messages as they come, each source only as fast as they are taken. Fails with the first source that does. */
function interleaved(sources: readonly AsyncIterable<Buffer>[]): AsyncIterable<Buffer> {
  const out = new PassThrough({ objectMode: true, highWaterMark: 1 });
  const pass = async (source: AsyncIterable<Buffer>) => {
    for await (const message of source) if (!out.write(message)) await once(out, 'drain');
  };
  out.on('error', () => undefined); // whoever iterates gets it
  Promise.all(sources.map(pass)).then(
    () => out.end(),
    (error: Error) => out.destroy(error),
  );
  return out;
}
