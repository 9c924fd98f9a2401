import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Engine, type TlsFiles } from './engine';
import { makeDirectory, makeHome } from './home';
import { supervise } from './supervise';

const NAME = 'nats';

export interface NatsOptions {
  dir: string;
  port: number;
  /** With it, clients must show a certificate signed by `ca`. */
  tls?: TlsFiles;
  /** Largest message, in bytes; 1 MiB unless told. */
  maxPayloadBytes?: number;
  /** JetStream's limits, in bytes; 256 MiB in memory and 10 GiB on disk unless told. */
  maxMemoryBytes?: number;
  maxDiskBytes?: number;
}

/** nats-server with JetStream on 127.0.0.1. */
export function nats(options: NatsOptions): Engine {
  const { dir, port, tls } = options;

  async function prepare() {
    const home = makeHome(dir, NAME);
    const file = join(home, 'nats.conf');
    // Its configuration language is a superset of JSON.
    writeFileSync(file, JSON.stringify(configuration(options, makeDirectory(join(home, 'data'))), null, 2), {
      mode: 0o600,
    });
    return { args: ['--config', file] };
  }

  return supervise({
    name: NAME,
    dir,
    endpoint: `${tls ? 'tls' : 'nats'}://127.0.0.1:${port}`,
    program: '/usr/sbin/nats-server',
    debianPackage: 'nats-server',
    ports: [port],
    prepare,
    async probe(signal) {
      const info = await greeting(port, signal);
      if (info.jetstream !== true) throw new Error('it answers without JetStream');
    },
    reload: (signalProcess) => signalProcess('SIGHUP'),
  });
}

function configuration(options: NatsOptions, storeDirectory: string) {
  const { tls } = options;
  return {
    server_name: 'thecloud',
    listen: `127.0.0.1:${options.port}`,
    max_payload: options.maxPayloadBytes ?? 1 << 20,
    jetstream: {
      store_dir: storeDirectory,
      max_memory_store: options.maxMemoryBytes ?? 256 << 20,
      max_file_store: options.maxDiskBytes ?? 10 * 2 ** 30,
    },
    ...(tls && {
      tls: { cert_file: tls.cert, key_file: tls.key, ca_file: tls.ca, verify: true, timeout: 5 },
    }),
  };
}

/** A NATS server speaks first: `INFO {json}`, before TLS begins. */
function greeting(port: number, signal: AbortSignal): Promise<{ jetstream?: boolean }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, signal });
    let text = '';
    socket.setEncoding('utf8');
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('it closed the connection without a greeting')));
    socket.on('data', (chunk: string) => {
      text += chunk;
      const line = /^INFO (.*)\r\n/.exec(text)?.[1];
      if (line === undefined && text.length < 64 * 1024) return;
      socket.destroy();
      try {
        resolve(JSON.parse(line ?? ''));
      } catch (error) {
        reject(new Error('it does not speak NATS', { cause: error }));
      }
    });
  });
}
