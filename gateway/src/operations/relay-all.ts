import { commonErrors } from '@thecloud/kernel';
import { unaryCall } from '../backend-call';
import type { PublicCall, RelayOptions } from '../grpc/relay';
import type { StreamClients } from '../stream/stream-client';
import { ALL_SERVICES, callAll, openAll } from './all-services';

/** Answers a gRPC call of OperationService out of what all services say. Throws the CloudError that it fails with. */
export async function relayAll(
  services: readonly string[],
  clients: StreamClients,
  call: PublicCall,
  { method, accepted, deadline, signal, ...o }: RelayOptions,
): Promise<void> {
  const request = await onlyRequest(call);
  const gone = new AbortController();
  call.once('cancelled', () => gone.abort());
  const timeoutMs = deadline.getTime() - Date.now();
  const options = { ...o, backend: ALL_SERVICES, timeoutMs, signal: AbortSignal.any([signal, gone.signal]) };
  if (!method.responseStream) {
    const ask = callAll(services, (service, path, message, each) =>
      unaryCall(clients.channelFor(service), path, message, each),
    );
    const answer = await ask(ALL_SERVICES, method.path, request, { ...options, repeatable: true });
    accepted();
    call.write(answer);
    return;
  }
  const stream = openAll(services, clients, method, request, options);
  options.signal.addEventListener('abort', () => stream.cancel(), { once: true });
  try {
    await stream.accepted(timeoutMs);
    accepted();
    for await (const message of stream.messages()) if (!call.write(message)) await drained(call);
  } finally {
    stream.cancel();
  }
}

const drained = (call: PublicCall) =>
  new Promise((resolve) => call.once('drain', resolve).once('close', resolve).once('cancelled', resolve));

function onlyRequest(call: PublicCall): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    call.once('data', resolve);
    call.once('end', () => reject(commonErrors.MALFORMED_MESSAGE({})));
    call.once('cancelled', () => reject(commonErrors.CANCELLED({})));
  });
}
