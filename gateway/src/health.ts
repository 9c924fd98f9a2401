import { Metadata, status } from '@grpc/grpc-js';
import type { Client, ServiceError } from '@grpc/grpc-js';
import { asIs } from './backend-call';

/** What /health/ready answers: each backend by name, and those that are missing. */
export interface Readiness {
  readonly ready: boolean;
  readonly backends: Readonly<Record<string, 'serving' | 'not serving' | 'unreachable'>>;
  readonly missing: readonly string[];
}

const checkTimeoutMs = 1_000;
const freshMs = 1_000;

/** Asks every backend at most once a second, however often it is called: anybody may call it. */
export function createReadiness(services: readonly string[], channelFor: (service: string) => Client) {
  let last: { at: number; answer: Promise<Readiness> } | undefined;
  return (): Promise<Readiness> => {
    if (!last || Date.now() - last.at > freshMs)
      last = { at: Date.now(), answer: askAll(services, channelFor) };
    return last.answer;
  };
}

async function askAll(
  services: readonly string[],
  channelFor: (service: string) => Client,
): Promise<Readiness> {
  const states = await Promise.all(
    services.map(async (name) => [name, await ask(() => channelFor(name))] as const),
  );
  const missing = states.filter(([, state]) => state !== 'serving').map(([name]) => name);
  return { ready: missing.length === 0, backends: Object.fromEntries(states), missing };
}

/** grpc.health.v1.Health/Check of the whole server: an empty request, and an answer of which field 1 is SERVING (1). */
function ask(client: () => Client): Promise<'serving' | 'not serving' | 'unreachable'> {
  return new Promise((resolve) => {
    const done = (error: ServiceError | null, answer?: Buffer) => {
      // A server without the health service is one that answers.
      if (error) resolve(error.code === status.UNIMPLEMENTED ? 'serving' : 'unreachable');
      else resolve(answer?.equals(Buffer.from([0x08, 0x01])) ? 'serving' : 'not serving');
    };
    const options = { deadline: Date.now() + checkTimeoutMs };
    client().makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      asIs,
      asIs,
      Buffer.alloc(0),
      new Metadata(),
      options,
      done,
    );
  });
}
