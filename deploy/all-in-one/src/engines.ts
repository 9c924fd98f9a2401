import {
  docker,
  type Engine,
  etcd,
  nats,
  postgres,
  registry,
  type RegistryEngine,
  type TlsFiles,
} from '@thecloud/engines';
import type { Installation } from './installation';
import type { Layout } from './layout';
import type { PortName } from './ports';
import { registryPasswords, secret } from './secrets';

export const certifiedEngines = ['postgres', 'etcd', 'nats', 'registry'] as const;

/** Each engine with the ports it takes. */
export interface EnginePlace {
  engine: Engine;
  ports: readonly PortName[];
}

const tlsFiles = (layout: Layout, name: (typeof certifiedEngines)[number]): TlsFiles => ({
  cert: `${layout.tls(name)}/cert.pem`,
  key: `${layout.tls(name)}/key.pem`,
  ca: `${layout.tls(name)}/ca.pem`,
});

export function registryOf(layout: Layout, { ports }: Pick<Installation, 'ports'>): RegistryEngine {
  const tls = tlsFiles(layout, 'registry');
  return registry({ dir: layout.home, port: ports.registry, tls, htpasswd: registryPasswords(layout) });
}

export function enginePlaces(layout: Layout, { ports, docker: daemon }: Installation): EnginePlace[] {
  const dir = layout.home;
  const tls = (name: (typeof certifiedEngines)[number]) => tlsFiles(layout, name);
  const password = secret(layout, 'postgres-password');
  return [
    {
      engine: postgres({ dir, port: ports.postgres, password, tls: tls('postgres') }),
      ports: ['postgres'],
    },
    {
      engine: etcd({ dir, clientPort: ports.etcd, peerPort: ports.etcdPeer, tls: tls('etcd') }),
      ports: ['etcd', 'etcdPeer'],
    },
    { engine: nats({ dir, port: ports.nats, tls: tls('nats') }), ports: ['nats'] },
    {
      engine: registryOf(layout, { ports }),
      ports: ['registry'],
    },
    { engine: docker({ dir, ...daemon }), ports: [] },
  ];
}
