import { identityV1 } from '@thecloud/api';
import { implement, TOKEN_AUDIENCE, TOKEN_ISSUER } from '@thecloud/service-kit';
import type { Foundation, Implementation, TokenClaims } from '@thecloud/service-kit';
import { findBearer } from './exchange';
import type { Bearer } from './exchange';
import { LastUse } from './last-use';
import type { SigningKey } from './signing-key';

const LIFE_SECONDS = 60;

export function tokenRpc(f: Foundation, key: SigningKey): Implementation {
  const lastUse = new LastUse(f);
  return implement<identityV1.TokenServiceServer>(identityV1.TokenServiceService, {
    exchangeCredential: async (_, { credential, projectId }) => {
      const bearer = await f.db.read('system', (tx) => findBearer(tx, credential, projectId));
      if (bearer.lastUsedAt !== undefined) lastUse.note(bearer.subject, bearer.lastUsedAt);
      return {
        token: await key.sign(claimsOf(bearer), TOKEN_AUDIENCE, TOKEN_ISSUER, LIFE_SECONDS),
        subject: bearer.subject,
        projectId: bearer.projectId ?? '',
        permissions: [...bearer.permissions],
      };
    },
    getKeySet: async () => ({ jwksJson: key.keySet() }),
  });
}

function claimsOf(bearer: Bearer): TokenClaims {
  return {
    sub: bearer.subject,
    kind: bearer.kind,
    perms: [...bearer.permissions],
    ...(bearer.userId !== bearer.subject ? { usr: bearer.userId } : {}),
    ...(bearer.sessionId ? { sid: bearer.sessionId } : {}),
    ...(bearer.projectId ? { prj: bearer.projectId } : {}),
    ...(bearer.role ? { role: bearer.role } : {}),
    ...(bearer.platformAdmin ? { adm: true } : {}),
  };
}
