import { EventLog, layFoundation, RpcMetrics, serve, startRpcServer } from '@thecloud/service-kit';
import type { Served } from '@thecloud/service-kit';
import { apiKeyRpc } from './api-key/api-key.rpc';
import { CertificateAuthority } from './certificate/authority';
import { certificateRpc } from './certificate/certificate.rpc';
import { ownCertificate } from './certificate/own-certificate';
import { RevokedPeers } from './certificate/revoked-peers';
import { ensureSecrets } from './certificate/secrets';
import type { IdentityConfig } from './config';
import { eventRpc } from './event/event.rpc';
import { housekeeping } from './housekeeping';
import { projectAccessRpc } from './project/project-access.rpc';
import { projectRemovalRpc } from './project/project-removal.rpc';
import { projectModule } from './project/project.module';
import { kit } from './schema';
import { sessionRpc } from './session/session.rpc';
import { SigningKey } from './token/signing-key';
import { tokenRpc } from './token/token.rpc';
import { Passwords } from './user/passwords';
import { userRpc } from './user/user.rpc';

export interface IdentityServed extends Served {
  /** Where processes without a certificate enrol. */
  readonly enrollPort: number;
}

/** Identity as a running service. Its database is migrated already; its secrets are made if they are missing. */
export async function start(config: IdentityConfig): Promise<IdentityServed> {
  const secrets = config.THECLOUD_IDENTITY_SECRETS_DIR;
  const { caFile } = await ensureSecrets(secrets);
  const authority = await CertificateAuthority.open(secrets, config.THECLOUD_IDENTITY_CERTIFICATE_HOURS);
  const key = await SigningKey.open(secrets);
  const { files, issue } = await ownCertificate(config.THECLOUD_CERTIFICATE_DIR, authority);
  const f = await layFoundation({
    service: 'identity',
    config: { ...config, THECLOUD_CA_FILE: caFile },
    tables: kit,
    certificates: files,
  });

  const certificates = certificateRpc(authority, key, new RevokedPeers(f.db));
  const passwords = new Passwords();
  const events = new EventLog(f.bus, f.log);
  const served = await serve(f, {
    address: config.THECLOUD_IDENTITY_ADDRESS,
    services: [
      certificates,
      tokenRpc(f, key),
      userRpc(f, passwords, config.THECLOUD_REGISTRATION),
      sessionRpc(f, passwords),
      projectModule(f),
      projectRemovalRpc(f),
      projectAccessRpc(f),
      apiKeyRpc(f),
      eventRpc(events),
    ],
    fetchKeys: async () => key.keySet(),
    issue,
  });
  const enrollment = await startRpcServer({
    address: config.THECLOUD_ENROLL_ADDRESS,
    credentials: files.serverCredentials(false),
    services: [certificates],
    log: f.log.child({ port: 'enrolment' }),
    metrics: new RpcMetrics(f.registry),
  });
  const stopHousekeeping = housekeeping(f);
  return {
    ...served,
    enrollPort: enrollment.port,
    close: async () => {
      stopHousekeeping();
      events.close();
      await Promise.all([enrollment.drain(), served.close()]);
    },
  };
}
