import { Metadata } from '@grpc/grpc-js';
import { identityV1 } from '@thecloud/api';
import { createClient, type UnaryOptions } from '@thecloud/service-kit';
import type { TestEngines } from './engines';
import type { TestIdentity } from './identity';
import { testPeer } from './peer';

const TIMEOUT_MS = 10_000;

/** What one call says about itself besides the credential. */
export interface CallDetails {
  readonly projectId?: string;
  readonly idempotencyKey?: string;
  /** The end user's address. */
  readonly address?: string;
}

/** Calls identity as the gateway does: its certificate, and an internal token for each credential. */
export async function identityCaller(engines: TestEngines, identity: TestIdentity) {
  const certificate = await testPeer(engines, 'gateway');
  const link = {
    target: `127.0.0.1:${identity.served.port}`,
    credentials: certificate.channelCredentials(),
    serverKind: 'identity',
  };
  const clients = {
    users: createClient(identityV1.UserServiceClient, link),
    sessions: createClient(identityV1.SessionServiceClient, link),
    projects: createClient(identityV1.ProjectServiceClient, link),
    keys: createClient(identityV1.ApiKeyServiceClient, link),
    tokens: createClient(identityV1.TokenServiceClient, link),
    certificates: createClient(identityV1.CertificateServiceClient, link),
  };
  let people = 0;

  const stranger = ({ address, idempotencyKey }: CallDetails = {}): UnaryOptions => {
    const metadata = new Metadata();
    metadata.set('x-forwarded-for', address ?? '192.0.2.1');
    if (idempotencyKey) metadata.set('idempotency-key', idempotencyKey);
    return { timeoutMs: TIMEOUT_MS, metadata };
  };
  const exchange = (credential: string, projectId = '') =>
    clients.tokens.exchangeCredential({ credential, projectId }, { timeoutMs: TIMEOUT_MS });

  return {
    ...clients,
    /** Options of a call without credential. */
    stranger,
    /** What the gateway does first with a credential. */
    exchange,
    /** Options of a call with a credential. */
    as: async (credential: string, details: CallDetails = {}): Promise<UnaryOptions> => {
      const options = stranger(details);
      options.metadata?.set(
        'authorization',
        `Bearer ${(await exchange(credential, details.projectId)).token}`,
      );
      return options;
    },
    /** A new account, signed in, with the project it owns. */
    newPerson: async () => {
      const email = `person-${process.pid}-${++people}@example.com`;
      const password = 'correct horse battery';
      const user = await clients.users.registerUser({ email, password, name: '' }, stranger());
      const { token } = await clients.sessions.createSession(
        { email, password, newPassword: '' },
        stranger(),
      );
      const metadata = stranger();
      metadata.metadata?.set('authorization', `Bearer ${(await exchange(token)).token}`);
      const { projects } = await clients.projects.listProjects(
        { pageSize: 1, pageToken: '', name: '', namePrefix: '', label: [], role: '' },
        metadata,
      );
      return { id: user.id, email, password, session: token, projectId: projects[0]?.metadata?.id ?? '' };
    },
    close: () => Object.values(clients).forEach((client) => client.close()),
  };
}

export type IdentityCaller = Awaited<ReturnType<typeof identityCaller>>;
