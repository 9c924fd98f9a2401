import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Metadata } from '@grpc/grpc-js';
import type { Client } from '@grpc/grpc-js';
import { identityV1 } from '@thecloud/api';
import { CloudError, commonErrors, invalidFields } from '@thecloud/kernel';
import { unaryCall } from './backend-call';
import type { HttpConfig } from './config';
import { CredentialCache } from './credential-cache';
import type { CacheLimits } from './credential-cache';

/** A caller whose credential identity has vouched for. */
export interface Caller {
  /** Signed, for services; lives about a minute. */
  readonly token: string;
  readonly subject: string;
  readonly projectId: string;
}

export type Authenticate = (headers: IncomingHttpHeaders, requestId: string) => Promise<Caller>;

const exchangePath = '/thecloud.identity.v1.TokenService/ExchangeCredential';
const exchangeTimeoutMs = 5_000;
const credentialShape = /^cloud(sess)?_[A-Za-z0-9._~-]{1,240}$/;
const refusals = new Set([
  'UNAUTHENTICATED',
  'PERMISSION_DENIED',
  'NOT_FOUND',
  'INVALID_ARGUMENT',
  'FAILED_PRECONDITION',
]);
const isRefusal = (error: unknown): error is CloudError =>
  error instanceof CloudError && refusals.has(error.code);

/** Turns API keys and session tokens into internal tokens, by asking identity at most once per cache time. */
export function createAuthenticate(identity: () => Client, limits: CacheLimits): Authenticate {
  const cache = new CredentialCache<Caller>(limits, isRefusal);
  return async (headers, requestId) => {
    const credential = credentialOf(headers);
    const projectId = projectIdOf(headers);
    // The cache holds no credential: a dump of this process's memory should not be a list of keys.
    const key = `${hash('sha256', credential, 'base64')} ${projectId}`;
    return cache.get(key, () => exchange(identity(), { credential, projectId }, requestId));
  };
}

/** As configured: one cache for all that a gateway serves. */
export function authenticateWith(config: HttpConfig, channelFor: (service: string) => Client): Authenticate {
  const seconds = config.THECLOUD_GATEWAY_CREDENTIAL_SECONDS;
  return createAuthenticate(() => channelFor('identity'), {
    entries: 10_000,
    goodMs: seconds * 1000,
    badMs: Math.min(1, seconds) * 1000,
  });
}

async function exchange(
  client: Client,
  request: identityV1.ExchangeCredentialRequest,
  requestId: string,
): Promise<Caller> {
  const metadata = new Metadata();
  metadata.set('x-request-id', requestId);
  const message = Buffer.from(identityV1.ExchangeCredentialRequest.encode(request).finish());
  const options = { backend: 'identity', requestId, metadata, timeoutMs: exchangeTimeoutMs };
  const answer = identityV1.ExchangeCredentialResponse.decode(
    await unaryCall(client, exchangePath, message, options),
  );
  return { token: answer.token, subject: answer.subject, projectId: answer.projectId };
}

/** X-API-Key wins over Authorization. Throws UNAUTHENTICATED if there is none that could be one. */
export function credentialOf(headers: IncomingHttpHeaders): string {
  const credential = presentedCredential(headers);
  if (credential === undefined) throw commonErrors.UNAUTHENTICATED({});
  return credential;
}

/** The same, undefined if there is none. */
export function presentedCredential(headers: IncomingHttpHeaders): string | undefined {
  const apiKey = headers['x-api-key'];
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const credential = typeof apiKey === 'string' && apiKey !== '' ? apiKey : bearer;
  return credential !== undefined && credentialShape.test(credential) ? credential : undefined;
}

function projectIdOf(headers: IncomingHttpHeaders): string {
  const projectId = headers['x-project-id'] ?? '';
  if (typeof projectId === 'string' && /^[A-Za-z0-9_-]{0,64}$/.test(projectId)) return projectId;
  throw invalidFields([{ field: 'X-Project-Id', description: "must be a project's id" }]);
}
