import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { CertificateAuthority, SigningKey } from '@thecloud/identity';
import {
  CertificateFiles,
  newKeyAndRequest,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
  type TokenClaims,
} from '@thecloud/service-kit';
import type { TestEngines } from './engines';

/** A certificate as a process of that kind would have, without identity running. */
export async function testPeer(
  engines: Pick<TestEngines, 'secretsDir' | 'dir'>,
  kind: string,
  name = `${kind}-test`,
  lifeHours = 24,
): Promise<CertificateFiles> {
  const authority = await CertificateAuthority.open(engines.secretsDir, lifeHours);
  const files = new CertificateFiles(mkdtempSync(join(engines.dir, `peer-${kind}-`)));
  const { key, request } = await newKeyAndRequest();
  const issued = await authority.issue({ kind, name }, request);
  files.replace({ key, certificate: issued.certificatePem, ca: issued.caPem });
  return files;
}

/** An internal token as the gateway gets it from identity: a minute, or as long as told. */
export async function testToken(
  engines: Pick<TestEngines, 'secretsDir'>,
  claims: TokenClaims,
  seconds = 60,
): Promise<string> {
  return (await SigningKey.open(engines.secretsDir)).sign(claims, TOKEN_AUDIENCE, TOKEN_ISSUER, seconds);
}
