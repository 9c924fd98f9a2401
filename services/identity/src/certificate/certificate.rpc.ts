import { identityV1 } from '@thecloud/api';
import { invalidFields } from '@thecloud/kernel';
import type { Implementation } from '@thecloud/service-kit';
import { implement } from '@thecloud/service-kit';
import { errors } from '../errors';
import { Gate } from '../gate';
import type { SigningKey } from '../token/signing-key';
import { isPeer } from './authority';
import type { CertificateAuthority } from './authority';
import { readJoinToken, signJoinToken } from './join-token';
import type { RevokedPeers } from './revoked-peers';

const AT_ONCE = 4;
const MOST_WAITING = 64;

/**
 * Names never come from the request: the join token or the calling certificate has them. On the enrolment port no
 * caller shows a certificate, so only EnrollCertificate can be reached there.
 */
export function certificateRpc(
  authority: CertificateAuthority,
  key: SigningKey,
  revoked: RevokedPeers,
): Implementation {
  const gate = new Gate(AT_ONCE, MOST_WAITING, () => errors.ENROLLMENT_LIMITED({}));
  return implement<identityV1.CertificateServiceServer>(identityV1.CertificateServiceService, {
    enrollCertificate: async (ctx, { joinToken, csr }) => {
      const peer = await readJoinToken(key, joinToken); // cheap, and first: strangers never queue
      await revoked.refuse(peer);
      const issued = await gate.run(() => authority.issue(peer, csr));
      ctx.log.info({ peer }, 'enrolled');
      return issued;
    },
    renewCertificate: async (ctx, { csr }) => {
      const { peer } = ctx;
      if (!peer) throw new Error('the peer check let a caller without a certificate pass');
      await revoked.refuse(peer);
      return gate.run(() => authority.issue(peer, csr));
    },
    createJoinToken: async (_, { kind, name }) => {
      if (!isPeer({ kind, name }))
        throw invalidFields([{ field: 'name', description: 'may have letters, digits and _ . - only' }]);
      return { joinToken: await signJoinToken(key, { kind, name }) };
    },
    revokePeer: async (ctx, { kind, name }) => {
      await revoked.add({ kind, name });
      ctx.log.info({ peer: { kind, name } }, 'gets no certificate any more');
      return {};
    },
  });
}
