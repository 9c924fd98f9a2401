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

const AT_ONCE = 4;
const MOST_WAITING = 64;

/**
 * Names never come from the request: the join token or the calling certificate has them. On the enrolment port no
 * caller shows a certificate, so only EnrollCertificate can be reached there.
 */
export function certificateRpc(authority: CertificateAuthority, key: SigningKey): Implementation {
  const gate = new Gate(AT_ONCE, MOST_WAITING, () => errors.ENROLLMENT_LIMITED({}));
  return implement<identityV1.CertificateServiceServer>(identityV1.CertificateServiceService, {
    enrollCertificate: async (ctx, { joinToken, csr }) => {
      const peer = await readJoinToken(key, joinToken); // cheap, and first: strangers never queue
      const issued = await gate.run(() => authority.issue(peer, csr));
      ctx.log.info({ peer }, 'enrolled');
      return issued;
    },
    renewCertificate: async (ctx, { csr }) => {
      const { peer } = ctx;
      if (!peer) throw new Error('the peer check let a caller without a certificate pass');
      return gate.run(() => authority.issue(peer, csr));
    },
    createJoinToken: async (_, { kind, name }) => {
      if (!isPeer({ kind, name }))
        throw invalidFields([{ field: 'name', description: 'may have letters, digits and _ . - only' }]);
      return { joinToken: await signJoinToken(key, { kind, name }) };
    },
  });
}
