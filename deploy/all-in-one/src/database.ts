import { readFileSync } from 'node:fs';
import type { DumpOptions } from '@thecloud/engines';
import { migrate } from '@thecloud/service-kit';
import { Client } from 'pg';
import { databasePassword } from './service-environment';
import type { Layout } from './layout';
import type { Ports } from './ports';
import { secret } from './secrets';
import { serviceManifests } from './services';

export const DATABASE = 'thecloud';

/** For a dump or a restore of the database, with `work` to keep the password in meanwhile. */
export function dumpOptions(layout: Layout, ports: Ports, work: string): DumpOptions {
  const password = secret(layout, 'postgres-password');
  const caFile = `${layout.tls('postgres')}/ca.pem`;
  return { port: ports.postgres, database: DATABASE, password, caFile, privateDir: work };
}

export interface Admin {
  /** Of the superuser, without its password. */
  adminUrl: string;
  adminPassword: string;
  ca: string;
}

export function adminOf(layout: Layout, port: number, caFile: string): Admin {
  return {
    adminUrl: `postgres://postgres@127.0.0.1:${port}/${DATABASE}`,
    adminPassword: secret(layout, 'postgres-password'),
    ca: readFileSync(caFile, 'utf8'),
  };
}

/** Makes the database and brings every service's schema and role up to date. */
export async function migrateAll(layout: Layout, admin: Admin, say: (detail: string) => void): Promise<void> {
  await ensureDatabase(admin);
  for (const { name: service, migrationsFolder } of serviceManifests) {
    say(service);
    await migrate({
      ...admin,
      service,
      password: secret(layout, databasePassword(service)),
      migrationsFolder,
    });
  }
  say(serviceManifests.map(({ name }) => name).join(', '));
}

/** Makes the database, empty, if there is none. */
export async function ensureDatabase(admin: Admin): Promise<void> {
  const url = new URL(admin.adminUrl);
  url.pathname = 'postgres';
  await withAdmin({ ...admin, adminUrl: url.href }, async (client) => {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (!found.rowCount) await client.query(`create database ${DATABASE}`);
  });
}

/** Runs `work` as the superuser. */
export async function withAdmin<T>(
  { adminUrl, adminPassword, ca }: Admin,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const { hostname, port, username, pathname } = new URL(adminUrl);
  const client = new Client({
    host: hostname,
    port: Number(port),
    user: username,
    database: pathname.slice(1),
    password: adminPassword,
    ssl: { ca },
    connectionTimeoutMillis: 10_000,
    query_timeout: 30_000,
  });
  client.on('error', () => undefined); // the next statement fails; without a listener the process would end
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
