import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Engine, type TlsFiles } from './engine';
import { makeDirectory, makeHome } from './home';
import { http } from './probe';
import { supervise } from './supervise';

const NAME = 'registry';

export interface RegistryOptions {
  dir: string;
  port: number;
  /** With it, HTTPS. Docker accepts any certificate from a registry on 127.0.0.0/8. */
  tls?: TlsFiles;
  /** Lines of `user:bcrypt-hash`; without it, everybody on this machine may push and pull. */
  htpasswd?: string;
}

/** docker-registry on 127.0.0.1, with deletion on. Renewed certificates need a restart, which `reload` does. */
export function registry(options: RegistryOptions): Engine {
  const { dir, port, tls } = options;

  async function prepare() {
    const home = makeHome(dir, NAME);
    const passwords = join(home, 'htpasswd');
    if (options.htpasswd !== undefined) writeFileSync(passwords, options.htpasswd, { mode: 0o600 });
    const file = join(home, 'config.yml');
    // JSON is YAML.
    writeFileSync(
      file,
      JSON.stringify(configuration(options, makeDirectory(join(home, 'data')), passwords), null, 2),
      {
        mode: 0o600,
      },
    );
    return { args: ['serve', file] };
  }

  return supervise({
    name: NAME,
    dir,
    endpoint: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    program: '/usr/bin/docker-registry',
    debianPackage: 'docker-registry',
    ports: [port],
    prepare,
    async probe(signal) {
      const { status } = await http({ port, path: '/v2/', tls }, signal);
      if (status !== (options.htpasswd === undefined ? 200 : 401)) throw new Error(`/v2/ answered ${status}`);
    },
  });
}

function configuration({ port, tls, htpasswd }: RegistryOptions, data: string, passwords: string) {
  return {
    version: '0.1',
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: data },
      delete: { enabled: true },
      cache: { blobdescriptor: 'inmemory' },
    },
    ...(htpasswd !== undefined && { auth: { htpasswd: { realm: 'thecloud', path: passwords } } }),
    http: {
      addr: `127.0.0.1:${port}`,
      headers: { 'X-Content-Type-Options': ['nosniff'] },
      ...(tls && { tls: { certificate: tls.cert, key: tls.key, minimumtls: 'tls1.2' } }),
    },
  };
}
