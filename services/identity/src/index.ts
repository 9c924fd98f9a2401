import { manifest } from './manifest';

export { manifest };
export { CertificateAuthority } from './certificate/authority';
export type { Issued } from './certificate/authority';
export { issueEngineCertificate } from './certificate/engine-certificate';
export type { EngineCertificate, EngineCertificateOptions } from './certificate/engine-certificate';
export { createJoinToken } from './certificate/join-token';
export type { JoinTokenOptions } from './certificate/join-token';
export { ensureSecrets } from './certificate/secrets';
export { identityConfig } from './config';
export type { IdentityConfig } from './config';
export { rescueAdministrator } from './rescue-administrator';
export { seed } from './seed';
export type { Seeded, SeedOptions } from './seed';
export { start } from './service';
export type { IdentityServed } from './service';
export { SigningKey } from './token/signing-key';

/** Of `migrate`: SQL that brings schema `identity` up to date. */
export const { migrationsFolder } = manifest;
