import { postgresSocketDirectory } from '@thecloud/engines';
import type { ServiceManifest } from '@thecloud/service-kit';
import { Layout } from './layout';
import { choosePorts, type PortName, portOf } from './ports';
import { registryUser } from './secrets';
import { opsPort } from './services';

export type Environment = Record<string, string>;
type At = (port: PortName) => string;

/** The file in `secrets` with the password of a service's database role. */
export const databasePassword = (service: string) => `database-${service}-password`;

/** Where everybody finds what all need. */
export const commonPlaces = (layout: Layout, name: string, at: At): Environment => ({
  THECLOUD_CERTIFICATE_DIR: layout.process(name, 'certificate'),
  THECLOUD_CA_FILE: `${layout.tls('postgres')}/ca.pem`,
  THECLOUD_JOIN_TOKEN_PATH: layout.process(name, 'join-token'),
  THECLOUD_ENROLL_ENDPOINT: at('enroll'),
  THECLOUD_ETCD_ENDPOINTS: `https://${at('etcd')}`,
  THECLOUD_OPS_ADDRESS: at(opsPort(name)),
});

/** Where a service finds its engines, listens and keeps files. */
export const placesOf = (layout: Layout, { name, ports, engines, directories }: ServiceManifest, at: At) => ({
  THECLOUD_DATABASE_URL: `postgres://thecloud_${name}@${at('postgres')}/thecloud?host=${encodeURIComponent(postgresSocketDirectory(layout.home))}`,
  THECLOUD_DATABASE_PASSWORD_FILE: layout.secret(databasePassword(name)),
  THECLOUD_NATS_URL: `tls://${at('nats')}`,
  ...(engines.includes('registry') ? registryPlace(layout, at) : {}),
  ...(name === 'identity' ? { THECLOUD_IDENTITY_SECRETS_DIR: layout.identitySecrets } : {}),
  ...Object.fromEntries(
    Object.keys(ports)
      .filter((port) => port !== opsPort(name))
      .map((port) => [`THECLOUD_${port.toUpperCase()}_ADDRESS`, at(port)]),
  ),
  ...Object.fromEntries(
    Object.entries(directories).map(([setting, directory]) => [setting, layout.process(name, directory)]),
  ),
});

const registryPlace = (layout: Layout, at: At): Environment => ({
  THECLOUD_REGISTRY_ADDRESS: at('registry'),
  THECLOUD_REGISTRY_USERNAME: registryUser,
  THECLOUD_REGISTRY_PASSWORD_FILE: layout.secret('registry-password'),
});

/** Settings of a service that `make up` leaves to whoever runs it. */
export function choices(manifest: ServiceManifest): string[] {
  const [layout, ports] = [new Layout(''), choosePorts({})];
  const at = (port: PortName) => `127.0.0.1:${portOf(ports, port)}`;
  const placed = { ...commonPlaces(layout, manifest.name, at), ...placesOf(layout, manifest, at) };
  return manifest.settings.filter((name) => !(name in placed || `${name}_FILE` in placed));
}
