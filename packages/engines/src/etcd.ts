import { join } from 'node:path';
import { type Engine, type TlsFiles } from './engine';
import { makeDirectory, makeHome } from './home';
import { http } from './probe';
import { supervise } from './supervise';

const NAME = 'etcd';

export interface EtcdOptions {
  dir: string;
  clientPort: number;
  /** etcd listens for other members even when there are none. */
  peerPort: number;
  /** With it, clients and members must show a certificate signed by `ca`; ours must serve both as server and client. */
  tls?: TlsFiles;
}

/** One etcd member on 127.0.0.1. Renewed certificate files are read at each handshake, without a reload. */
export function etcd(options: EtcdOptions): Engine {
  const { dir, clientPort, peerPort, tls } = options;
  const scheme = tls ? 'https' : 'http';
  const clientUrl = `${scheme}://127.0.0.1:${clientPort}`;
  const peerUrl = `${scheme}://127.0.0.1:${peerPort}`;

  return supervise({
    name: NAME,
    dir,
    endpoint: clientUrl,
    program: '/usr/bin/etcd',
    debianPackage: 'etcd-server',
    ports: [clientPort, peerPort],
    prepare: async () => ({
      args: [
        ...['--name', 'thecloud', '--data-dir', makeDirectory(join(makeHome(dir, NAME), 'data'))],
        ...['--listen-client-urls', clientUrl, '--advertise-client-urls', clientUrl],
        ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
        ...['--initial-cluster', `thecloud=${peerUrl}`],
        ...['--auto-compaction-mode', 'periodic', '--auto-compaction-retention', '1h'],
        ...['--logger', 'zap', '--log-level', 'warn', '--log-outputs', 'stderr'],
        ...(tls ? tlsArguments(tls) : []),
      ],
    }),
    async probe(signal) {
      const answer = await http({ port: clientPort, path: '/health', tls }, signal);
      if (answer.status !== 200) throw new Error(`/health answered ${answer.status}: ${answer.body.trim()}`);
    },
    reload: () => undefined,
  });
}

function tlsArguments({ cert, key, ca }: TlsFiles): string[] {
  return ['', 'peer-'].flatMap((role) => [
    ...[`--${role}cert-file`, cert, `--${role}key-file`, key],
    ...[`--${role}trusted-ca-file`, ca, `--${role}client-cert-auth`],
  ]);
}
