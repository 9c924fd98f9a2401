import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { migrate } from '@thecloud/service-kit';
import { type TestPostgres, testPostgres } from './engines';
import { alone } from './run-directory';

/** A database of a test's own, migrated for one service. */
export interface TestDatabase {
  /** For the service: its role, without the password. */
  readonly url: string;
  readonly password: string;
  /** For looking behind the service's back: the superuser, whom row-level security does not bind. */
  readonly adminUrl: string;
  readonly adminPassword: string;
  readonly ca: string;
  readonly caFile: string;
  /** Runs one statement as the superuser. */
  query<R extends object>(text: string, values?: unknown[]): Promise<R[]>;
  /** Drops it, whoever is still connected. */
  close(): Promise<void>;
}

/** In the run's PostgreSQL, or in another one (see ownPostgres). */
export async function testDatabase(
  service: string,
  migrationsFolder: string,
  server: Promise<TestPostgres> = testPostgres(),
): Promise<TestDatabase> {
  const { adminUrl, port, password, caFile } = await server;
  const name = `test_${service}_${randomBytes(6).toString('hex')}`;
  const ca = readFileSync(caFile, 'utf8');
  const own = `postgresql://postgres@127.0.0.1:${port}/${name}`;
  const asAdmin = <R extends object>(url: string, text: string, values: unknown[] = []) =>
    queryOnce<R>({ connectionString: withPassword(url, password), ssl: { ca } }, text, values);

  await asAdmin(adminUrl, `create database ${name}`);
  // Roles belong to the whole server: two files must not alter the same one at once.
  await alone('roles', () =>
    migrate({ adminUrl: own, adminPassword: password, ca, service, password, migrationsFolder }),
  );
  return {
    url: `postgresql://thecloud_${service}@127.0.0.1:${port}/${name}`,
    password,
    adminUrl: own,
    adminPassword: password,
    ca,
    caFile,
    query: (text, values) => asAdmin(own, text, values),
    close: async () => {
      await asAdmin(adminUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

/** In the URL: pg ignores a separate password beside one. */
function withPassword(url: string, password: string): string {
  const full = new URL(url);
  full.password = password;
  return full.href;
}

async function queryOnce<R extends object>(
  config: ConstructorParameters<typeof Client>[0],
  text: string,
  values: unknown[],
): Promise<R[]> {
  const client = new Client(config);
  client.on('error', () => undefined); // the server may be killed between two statements
  await client.connect();
  try {
    return (await client.query(text, values)).rows as R[];
  } finally {
    await client.end();
  }
}
