import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Engine, type TlsFiles } from './engine';
import { makeDirectory, makeHome } from './home';
import { http } from './probe';
import { readPidFile } from './process';
import { collectGarbage, endCutOff, isCutOff, isReadOnly } from './registry-garbage';
import { supervise } from './supervise';
import { until } from './until';

const NAME = 'registry';
/** Longest that a collection by another process leaves the registry stopped. */
const RESTART_MS = 60_000;

export interface RegistryOptions {
  dir: string;
  port: number;
  /** With it, HTTPS. Docker accepts any certificate from a registry on 127.0.0.0/8. */
  tls?: TlsFiles;
  /** Lines of `user:bcrypt-hash`; without it, everybody on this machine may push and pull. */
  htpasswd?: string;
  /** Longest that one garbage collection may take, in milliseconds: an hour. */
  collectionMs?: number;
}

export interface RegistryEngine extends Engine {
  /**
   * Frees what no manifest names any more; meanwhile it is read only, and restarted before and after.
   * @throws EngineError, with the collection's last log lines; it takes images again then, too.
   */
  collectGarbage(signal?: AbortSignal): Promise<void>;
  /** The process that collected was killed: the registry may be read only, or stopped. `start` ends that. */
  isCutOff(): boolean;
}

/** docker-registry on 127.0.0.1, with deletion on. Renewed certificates need a restart, which `reload` does. */
export function registry(options: RegistryOptions): RegistryEngine {
  const { dir, port, tls } = options;
  const pidFile = resolve(dir, 'run', `${NAME}.pid`);
  const marker = resolve(dir, 'run', `${NAME}-collects`);

  async function prepare() {
    const home = makeHome(dir, NAME);
    const passwords = join(home, 'htpasswd');
    if (options.htpasswd !== undefined) writeFileSync(passwords, options.htpasswd, { mode: 0o600 });
    const file = join(home, 'config.yml');
    // JSON is YAML.
    writeFileSync(
      file,
      JSON.stringify(
        configuration(options, makeDirectory(join(home, 'data')), passwords, isReadOnly(marker)),
        null,
        2,
      ),
      {
        mode: 0o600,
      },
    );
    return { args: ['serve', file] };
  }

  const engine = supervise({
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
  return {
    ...engine,
    async start() {
      // One that was killed has left its pid file: it is started at once, read only as long as that is its configuration.
      const isBetweenRestarts = () =>
        engine.pid() === undefined && !existsSync(pidFile) && readPidFile(marker) !== undefined;
      await until(() => !isBetweenRestarts(), RESTART_MS);
      return isCutOff(marker) ? endCutOff({ engine, marker }) : engine.start();
    },
    isCutOff: () => isCutOff(marker),
    collectGarbage(signal) {
      const home = makeHome(dir, NAME);
      const configuration = join(home, 'config.yml');
      const log = resolve(dir, 'log', `${NAME}-garbage.log`);
      const data = join(home, 'data');
      const longestMs = options.collectionMs;
      return collectGarbage({ engine, configuration, data, log, marker, longestMs }, signal);
    },
  };
}

function configuration(
  { port, tls, htpasswd }: RegistryOptions,
  data: string,
  passwords: string,
  readOnly: boolean,
) {
  return {
    version: '0.1',
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: data },
      delete: { enabled: true },
      cache: { blobdescriptor: 'inmemory' },
      ...(readOnly && { maintenance: { readonly: { enabled: true } } }),
    },
    ...(htpasswd !== undefined && { auth: { htpasswd: { realm: 'thecloud', path: passwords } } }),
    http: {
      addr: `127.0.0.1:${port}`,
      headers: { 'X-Content-Type-Options': ['nosniff'] },
      ...(tls && { tls: { certificate: tls.cert, key: tls.key, minimumtls: 'tls1.2' } }),
    },
  };
}
