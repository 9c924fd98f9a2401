import type { ServiceDefinition } from '@grpc/grpc-js';

/**
 * Stands for a request whose bytes are no message of its type. A decoder that throws would have grpc-js answer INTERNAL,
 * as if the fault were ours.
 */
export class Undecodable {
  constructor(readonly cause: unknown) {}
}

/** The same service, whose requests may be Undecodable. */
export function takingAnyBytes<D extends ServiceDefinition>(definition: D): D {
  const methods = Object.entries(definition).map(([name, method]) => {
    const { requestDeserialize: decode } = method;
    const requestDeserialize = (bytes: Buffer): object => {
      try {
        return decode(bytes) as object;
      } catch (cause) {
        return new Undecodable(cause);
      }
    };
    return [name, { ...method, requestDeserialize }];
  });
  return Object.fromEntries(methods) as D;
}
