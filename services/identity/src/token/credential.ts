import { createHash, randomBytes } from 'node:crypto';

const PREFIXES = { apiKey: 'cloud_', session: 'cloudsess_' } as const;
export type CredentialKind = keyof typeof PREFIXES;

const SECRET_BYTES = 32;
/** Enough to recognise a key by; 220 of its 256 bits stay unknown. */
const SHOWN_CHARACTERS = 12;

export interface NewCredential {
  /** For its holder, once. */
  readonly secret: string;
  readonly hash: string;
  readonly shown: string;
}

export function newCredential(kind: CredentialKind): NewCredential {
  const secret = PREFIXES[kind] + randomBytes(SECRET_BYTES).toString('base64url');
  return { secret, hash: hashOf(secret), shown: secret.slice(0, SHOWN_CHARACTERS) };
}

/**
 * How a credential is stored and looked up. A fast hash is right here: the secret is 256 random bits, so there is
 * nothing to guess that a slow one would protect (as it does for passwords). Looking up by hash leaks no timing
 * either: what the index compares are digests, which an attacker cannot steer.
 */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Undefined: not a credential of ours at all. */
export function kindOf(secret: string): CredentialKind | undefined {
  if (secret.startsWith(PREFIXES.session)) return 'session';
  return secret.startsWith(PREFIXES.apiKey) ? 'apiKey' : undefined;
}
