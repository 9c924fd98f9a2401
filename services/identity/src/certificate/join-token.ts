import type { Peer } from '@thecloud/service-kit';
import { TOKEN_ISSUER } from '@thecloud/service-kit';
import { errors } from '../errors';
import { SigningKey } from '../token/signing-key';
import { isPeer } from './authority';

const AUDIENCE = 'thecloud-join';
const DEFAULT_TTL_SECONDS = 3_600;

export interface JoinTokenOptions extends Peer {
  readonly secretsDir: string;
  /** One hour unless told. */
  readonly ttlSeconds?: number;
}

/** What lets one process get its first certificate: signed, short-lived, for one kind and name. */
export async function createJoinToken(o: JoinTokenOptions): Promise<string> {
  return signJoinToken(await SigningKey.open(o.secretsDir), o, o.ttlSeconds);
}

export async function signJoinToken(
  key: SigningKey,
  { kind, name }: Peer,
  ttlSeconds = DEFAULT_TTL_SECONDS,
): Promise<string> {
  if (!isPeer({ kind, name })) throw new Error(`${kind}/${name} cannot be a process's name`);
  return key.sign({ kind, name }, AUDIENCE, TOKEN_ISSUER, ttlSeconds);
}

/** Whose token it is. UNAUTHENTICATED JOIN_TOKEN_INVALID. */
export async function readJoinToken(key: SigningKey, token: string): Promise<Peer> {
  try {
    const claims = await key.verify(token, AUDIENCE, TOKEN_ISSUER);
    const peer = { kind: String(claims['kind']), name: String(claims['name']) };
    if (isPeer(peer)) return peer;
  } catch (cause) {
    throw errors.JOIN_TOKEN_INVALID({}, cause);
  }
  throw errors.JOIN_TOKEN_INVALID({});
}
