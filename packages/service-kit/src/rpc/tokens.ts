import { hash } from 'node:crypto';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import type { JSONWebKeySet, JWTPayload } from 'jose';
import { CloudError, commonErrors } from '@thecloud/kernel';
import type { Principal } from '../context';

export const TOKEN_ISSUER = 'thecloud-identity';
export const TOKEN_AUDIENCE = 'thecloud';

const MOST_REMEMBERED = 5_000;
const SHORTEST_REFETCH_MS = 5_000;

/** The claims of an internal token. */
export interface TokenClaims extends JWTPayload {
  sub: string;
  kind: 'user' | 'api_key';
  /** Of an API key: the user behind it. */
  usr?: string;
  /** Session of a user. */
  sid?: string;
  prj?: string;
  role?: string;
  perms: string[];
  adm?: boolean;
}

/** Checks internal tokens against identity's published keys. A verified token is remembered until it expires. */
export class TokenVerifier {
  #keys: JSONWebKeySet = { keys: [] };
  #fetchedAt = -Infinity;
  #fetching: Promise<void> | undefined;
  readonly #known = new Map<string, { principal: Principal; expires: number }>();

  constructor(private readonly fetchKeys: () => Promise<string>) {}

  /** UNAUTHENTICATED: not signed by identity, not for us, or expired. UNAVAILABLE: identity's keys cannot be had now. */
  async verify(token: string): Promise<Principal> {
    const digest = hash('sha256', token, 'base64');
    const known = this.#known.get(digest);
    if (known && known.expires > Date.now()) return known.principal;
    const claims = await this.#check(token);
    const principal: Principal = {
      subject: claims.sub,
      kind: claims.kind,
      userId: claims.usr ?? claims.sub, // an identity of the version before names the key alone
      permissions: claims.perms,
      platformAdmin: claims.adm ?? false,
      ...(claims.sid ? { sessionId: claims.sid } : {}),
      ...(claims.prj ? { projectId: claims.prj } : {}),
      ...(claims.role ? { role: claims.role } : {}),
    };
    this.#remember(digest, principal, (claims.exp ?? 0) * 1000);
    return principal;
  }

  async #check(token: string): Promise<TokenClaims> {
    try {
      const { kid } = decodeProtectedHeader(token);
      if (!this.#keys.keys.some((k) => k.kid === kid)) await this.#refetch();
      const { payload } = await jwtVerify<TokenClaims>(token, createLocalJWKSet(this.#keys), {
        issuer: TOKEN_ISSUER,
        audience: TOKEN_AUDIENCE,
        algorithms: ['EdDSA'],
      });
      return payload;
    } catch (cause) {
      if (cause instanceof CloudError) throw cause;
      throw commonErrors.UNAUTHENTICATED({}, cause);
    }
  }

  async #refetch(): Promise<void> {
    if (Date.now() - this.#fetchedAt < SHORTEST_REFETCH_MS) return;
    this.#fetching ??= this.fetchKeys()
      .then((json) => {
        this.#keys = JSON.parse(json) as JSONWebKeySet;
        this.#fetchedAt = Date.now();
      })
      .catch((cause: unknown) => {
        // Whatever kept identity from answering, the caller's credential is not to blame.
        throw commonErrors.UNAVAILABLE({ what: 'The identity service' }, cause);
      })
      .finally(() => {
        this.#fetching = undefined;
      });
    await this.#fetching;
  }

  #remember(digest: string, principal: Principal, expires: number): void {
    if (this.#known.size >= MOST_REMEMBERED) {
      const oldest = this.#known.keys().next().value;
      if (oldest) this.#known.delete(oldest);
    }
    this.#known.set(digest, { principal, expires });
  }
}

/**
 * Do these permissions grant it? "instance:*" grants every verb of a noun, "*:read" a verb of every noun, "*:*"
 * everything. One that starts with "!" takes away what the others grant: "!member:update".
 */
export function grants(permissions: readonly string[], wanted: string): boolean {
  const [noun = '', verb = ''] = wanted.split(':');
  const forms = [wanted, `${noun}:*`, `*:${verb}`, '*:*'];
  return (
    forms.some((form) => permissions.includes(form)) &&
    !forms.some((form) => permissions.includes(`!${form}`))
  );
}
