import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command';
import { BIN } from './postgres';

export interface DumpOptions {
  readonly port: number;
  readonly database: string;
  /** Of the superuser `postgres`. */
  readonly password: string;
  /** File with the CA that signed the server's certificate. */
  readonly caFile: string;
  /** A directory that nobody else reads, for the password while the program runs. */
  readonly privateDir: string;
}

const HOUR_MS = 3_600_000;

/** Writes the database, as of one moment, to `file` (PostgreSQL's custom format), while it is in use. */
export async function dumpDatabase(options: DumpOptions, file: string): Promise<void> {
  await program('pg_dump', options, ['--format=custom', `--file=${file}`]);
}

/** Fills an empty database from `file`, all or nothing; roles and grants are not part of it. */
export async function restoreDatabase(options: DumpOptions, file: string): Promise<void> {
  await program('pg_restore', options, ['--no-owner', '--no-acl', '--single-transaction', file]);
}

async function program(name: string, options: DumpOptions, args: readonly string[]): Promise<void> {
  const { port, database, password, caFile, privateDir } = options;
  const passwordFile = join(privateDir, 'pgpass');
  writeFileSync(passwordFile, `*:*:*:*:${password.replace(/[\\:]/g, '\\$&')}\n`, { mode: 0o600 });
  const parts = {
    host: '127.0.0.1',
    port,
    user: 'postgres',
    dbname: database,
    sslmode: 'verify-ca',
    sslrootcert: caFile,
    passfile: passwordFile,
  };
  const connection = Object.entries(parts).map(([key, value]) => `${key}='${value}'`);
  try {
    await run(join(BIN, name), [`--dbname=${connection.join(' ')}`, ...args], { timeoutMs: HOUR_MS });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}
