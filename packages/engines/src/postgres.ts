import { chmodSync, chownSync, copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { run } from './command';
import { type Engine, EngineError, type TlsFiles } from './engine';
import { findUser, homeOf, makeDirectory, makeHome, type User } from './home';
import { pidsWorkingIn } from './proc';
import { removeStaleLock } from './process';
import { supervise } from './supervise';
import { until } from './until';

const NAME = 'postgres';
export const BIN = '/usr/lib/postgresql/15/bin';

export interface PostgresOptions {
  dir: string;
  port: number;
  /** Of the superuser `postgres`; fixed when the data directory is made. */
  password: string;
  /** With it, TCP is TLS only. */
  tls?: TlsFiles;
  /** Demand, besides the password, a client certificate signed by `tls.ca`. */
  clientCertificates?: boolean;
  /** False for tests: a crash of the machine may lose data, a crash of the process does not. */
  durable?: boolean;
}

/** Where its socket is: for root and its own user only. */
export const postgresSocketDirectory = (dir: string): string => join(homeOf(dir, NAME), 'socket');

/** PostgreSQL 15 on 127.0.0.1, running as the system user `postgres`; superuser `postgres`, passwords by SCRAM. */
export function postgres(options: PostgresOptions): Engine {
  const { dir, port, tls } = options;

  async function prepare() {
    const user = systemUser();
    const home = makeHome(dir, NAME, { user, socket: 'socket/.s.PGSQL.65535' });
    const data = join(home, 'data');
    makeDirectory(join(home, 'socket'), user);
    if (tls) installTls(home, tls, user);
    await initialise(home, data, user, options.password);
    await removeStaleLocks(data, join(home, 'socket', `.s.PGSQL.${port}.lock`));
    writeOwned(join(data, 'postgresql.conf'), configuration(home, options), user);
    writeOwned(join(data, 'pg_hba.conf'), accessRules(options), user);
    return { args: ['-D', data], cwd: home, ...user };
  }

  return supervise({
    name: NAME,
    dir,
    endpoint: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    program: join(BIN, 'postgres'),
    debianPackage: 'postgresql-15',
    ports: [port],
    prepare,
    probe: () => logIn(options),
    reload(signalProcess) {
      if (tls) installTls(homeOf(dir, NAME), tls, systemUser());
      signalProcess('SIGHUP');
    },
    // Fast shutdown: SIGTERM would wait for every client to leave.
    stopSignal: 'SIGINT',
    stopGraceMs: 30_000,
    startTimeoutMs: 60_000,
  });
}

function systemUser(): User {
  if (process.getuid?.() !== 0)
    throw new EngineError(NAME, 'NOT_PERMITTED', 'only root can run it as its own user');
  const user = findUser('postgres');
  if (user) return user;
  throw new EngineError(NAME, 'PROGRAM_MISSING', 'no system user postgres; apt-get install postgresql-15');
}

/** Makes the data directory; one left half-made by a crash has no marker, and is made again. */
async function initialise(home: string, data: string, user: User, password: string): Promise<void> {
  const marker = join(home, 'initialised');
  if (existsSync(marker)) return;
  rmSync(data, { recursive: true, force: true });
  const passwordFile = join(home, 'password');
  writeOwned(passwordFile, password, user);
  try {
    const secure = ['--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    const plain = ['--username=postgres', '--encoding=UTF8', '--locale=C.UTF-8', '--no-instructions'];
    await run(join(BIN, 'initdb'), ['-D', data, ...secure, ...plain], {
      ...user,
      cwd: home,
      timeoutMs: 120_000,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  writeOwned(marker, '', user);
}

/**
 * PostgreSQL refuses to start while the pid in a lock file exists, even as a zombie or as somebody else. The locks may
 * go only when no process works in the data directory: after kill -9 its children need a moment to notice.
 */
async function removeStaleLocks(data: string, socketLock: string): Promise<void> {
  if (!(await until(() => pidsWorkingIn(data).length === 0, 10_000))) {
    const pids = pidsWorkingIn(data).join(', ');
    throw new EngineError(NAME, 'CONFLICT', `other processes use ${data}: pid ${pids}; end them first`);
  }
  for (const lock of [join(data, 'postmaster.pid'), socketLock]) removeStaleLock(lock, () => false);
}

function configuration(home: string, options: PostgresOptions): string {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port: options.port,
    unix_socket_directories: join(home, 'socket'),
    unix_socket_permissions: '0700',
    max_connections: 200,
    shared_buffers: '128MB',
    password_encryption: 'scram-sha-256',
    log_destination: 'stderr',
    log_line_prefix: '%m [%p] %q%u@%d ',
    log_checkpoints: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  if (options.durable === false) {
    // Commits still reach the kernel before they are answered, so that kill -9 loses none.
    Object.assign(settings, { fsync: 'off', full_page_writes: 'off' });
  }
  if (options.tls) {
    const [ssl_cert_file, ssl_key_file, ssl_ca_file] = tlsPaths(home);
    Object.assign(settings, {
      ssl: 'on',
      ssl_cert_file,
      ssl_key_file,
      ssl_ca_file,
      ssl_min_protocol_version: 'TLSv1.2',
    });
  }
  const quote = (value: string | number) => `'${String(value).replaceAll("'", "''")}'`;
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${quote(value)}\n`)
    .join('');
}

function accessRules({ tls, clientCertificates }: PostgresOptions): string {
  const tcp = tls ? 'hostssl' : 'host';
  const certificate = tls && clientCertificates ? ' clientcert=verify-ca' : '';
  return [
    'local all all scram-sha-256',
    `${tcp} all all 127.0.0.1/32 scram-sha-256${certificate}`,
    `${tcp} replication all 127.0.0.1/32 scram-sha-256${certificate}`,
    '',
  ].join('\n');
}

function tlsPaths(home: string): [cert: string, key: string, ca: string] {
  return [join(home, 'tls', 'server.crt'), join(home, 'tls', 'server.key'), join(home, 'tls', 'ca.crt')];
}

/** PostgreSQL reads only a key that is its own user's and nobody else's, so it gets copies. */
function installTls(home: string, tls: TlsFiles, user: User): void {
  makeDirectory(join(home, 'tls'), user);
  const [cert, key, ca] = tlsPaths(home);
  for (const [from, to] of [
    [tls.cert, cert],
    [tls.key, key],
    [tls.ca, ca],
  ] as const) {
    copyFileSync(from, to);
    chmodSync(to, 0o600);
    chownSync(to, user.uid, user.gid);
  }
}

function writeOwned(file: string, text: string, user: User): void {
  writeFileSync(file, text, { mode: 0o600 });
  chmodSync(file, 0o600);
  chownSync(file, user.uid, user.gid);
}

/** Through the Unix socket, where only root and postgres get, so that it works whatever TLS asks of clients. */
async function logIn({ dir, port, password }: PostgresOptions): Promise<void> {
  const client = new Client({
    host: postgresSocketDirectory(dir),
    port,
    user: 'postgres',
    password,
    database: 'postgres',
    connectionTimeoutMillis: 3_000,
    query_timeout: 3_000,
  });
  // Without a listener, a connection broken between two queries would end the whole process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end();
  }
}
