import { Metadata, status } from '@grpc/grpc-js';
import type { Client, ServiceError } from '@grpc/grpc-js';
import { asIs } from './backend-call';

/** What /health/ready answers: each backend by name, and those that are missing. */
export interface Readiness {
  readonly ready: boolean;
  readonly backends: Readonly<Record<string, 'serving' | 'not serving' | 'unreachable'>>;
  readonly missing: readonly string[];
  /** What the services stand on, as those see it that answer. One that is away does not make us unready. */
  readonly engines: Readonly<Record<string, 'serving' | 'not serving'>>;
  /** Of each process by its name. One that ends soon should have been renewed long ago; it does not make us unready. */
  readonly certificates: Readonly<Record<string, 'good' | 'ends soon'>>;
}

const engineNames = ['postgres', 'etcd', 'nats', 'registry'];
const checkTimeoutMs = 1_000;
const freshMs = 1_000;

/** Asks every backend at most once a second, however often it is called: anybody may call it. */
export function createReadiness(
  services: readonly string[],
  channelFor: (service: string) => Client,
  certificateIsGood?: () => boolean,
) {
  let last: { at: number; answer: Promise<Readiness> } | undefined;
  return (): Promise<Readiness> => {
    if (!last || Date.now() - last.at > freshMs)
      last = { at: Date.now(), answer: askAll(services, channelFor, certificateIsGood) };
    return last.answer;
  };
}

async function askAll(
  services: readonly string[],
  channelFor: (service: string) => Client,
  certificateIsGood?: () => boolean,
): Promise<Readiness> {
  const [states, engines, certificates] = await Promise.all([
    Promise.all(services.map(async (name) => [name, await ask(() => channelFor(name))] as const)),
    Promise.all(
      engineNames.map(async (name) => [name, await askEngine(name, services, channelFor)] as const),
    ),
    Promise.all(
      services.map(
        async (name) => [name, certificate(await ask(() => channelFor(name), 'certificate'))] as const,
      ),
    ),
  ]);
  const missing = states.filter(([, state]) => state !== 'serving').map(([name]) => name);
  return {
    ready: missing.length === 0,
    backends: Object.fromEntries(states),
    missing,
    engines: known(engines),
    certificates: known([
      ['gateway', certificateIsGood && certificate(certificateIsGood() ? 'serving' : 'not serving')],
      ...certificates,
    ]),
  };
}

const certificate = (part: 'serving' | 'not serving' | 'unreachable') =>
  part === 'unreachable' ? undefined : part === 'serving' ? 'good' : 'ends soon';

const known = <T>(entries: readonly (readonly [string, T | undefined])[]) =>
  Object.fromEntries(entries.filter((entry): entry is [string, T] => entry[1] !== undefined));

/** As the worst off of the services sees it that stand on it; undefined: none of those answers. */
async function askEngine(
  engine: string,
  services: readonly string[],
  channelFor: (service: string) => Client,
): Promise<'serving' | 'not serving' | undefined> {
  const answers = await Promise.all(services.map((name) => ask(() => channelFor(name), `engine.${engine}`)));
  if (answers.includes('not serving')) return 'not serving';
  return answers.includes('serving') ? 'serving' : undefined;
}

/**
 * grpc.health.v1.Health/Check of a part, or without a name of the whole server. Field 1 of the request is the name, field
 * 1 of the answer SERVING (1).
 */
function ask(client: () => Client, part = ''): Promise<'serving' | 'not serving' | 'unreachable'> {
  return new Promise((resolve) => {
    const done = (error: ServiceError | null, answer?: Buffer) => {
      // A server without the health service is one that answers, but knows no parts.
      if (error) resolve(error.code === status.UNIMPLEMENTED && part === '' ? 'serving' : 'unreachable');
      else resolve(answer?.equals(Buffer.from([0x08, 0x01])) ? 'serving' : 'not serving');
    };
    const options = { deadline: Date.now() + checkTimeoutMs };
    client().makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      asIs,
      asIs,
      part === '' ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, part.length]), Buffer.from(part)]),
      new Metadata(),
      options,
      done,
    );
  });
}
