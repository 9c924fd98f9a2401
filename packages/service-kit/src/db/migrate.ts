import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import { Client } from 'pg';
import { withPassword } from './connection-url';

export interface MigrateOptions {
  /** Of a role that may create schemas and roles. */
  readonly adminUrl: string;
  readonly adminPassword?: string;
  readonly ca?: string;
  /** The service's name: its schema, and `thecloud_<service>` its role. */
  readonly service: string;
  /** The service role's password. */
  readonly password: string;
  readonly migrationsFolder: string;
}

/** A statement of a migration may rewrite a large table. */
const STATEMENT_MS = 600_000;
/** Serialises migrations of all services; any constant does. */
const LOCK = 7_263_001;

/**
 * Brings a service's schema up to date and makes its role: one that owns nothing and bypasses nothing.
 * Forward only, safe to run at every start and by several at once.
 */
export async function migrate(o: MigrateOptions): Promise<void> {
  const client = new Client({
    connectionString: withPassword(o.adminUrl, o.adminPassword),
    ...(o.ca ? { ssl: { ca: o.ca, rejectUnauthorized: true } } : {}),
    connectionTimeoutMillis: 10_000,
    query_timeout: STATEMENT_MS,
  });
  // A connection that breaks between two statements fails the next one; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await applyMigrations(drizzle(client), {
      migrationsFolder: o.migrationsFolder,
      migrationsSchema: 'migrations',
      migrationsTable: o.service,
    });
    await makeRole(client, o.service, o.password);
    await forceRowSecurity(client, o.service);
  } finally {
    await client.end();
  }
}

async function makeRole(client: Client, service: string, password: string): Promise<void> {
  const role = client.escapeIdentifier(`thecloud_${service}`);
  const schema = client.escapeIdentifier(service);
  const exists = await client.query('select 1 from pg_roles where rolname = $1', [`thecloud_${service}`]);
  const verb = exists.rowCount ? 'alter' : 'create';
  await client.query(
    `${verb} role ${role} login nosuperuser nocreatedb nocreaterole nobypassrls password ${client.escapeLiteral(password)}`,
  );
  await client.query(`grant usage on schema ${schema} to ${role}`);
  await client.query(`grant select, insert, update, delete on all tables in schema ${schema} to ${role}`);
  await client.query(`grant usage on all sequences in schema ${schema} to ${role}`);
}

/** FORCE, which drizzle cannot express; and no table with a project_id may go without a policy. */
async function forceRowSecurity(client: Client, service: string): Promise<void> {
  const tables = await client.query<{ name: string; secured: boolean; tenant: boolean }>(
    `select c.relname as name, c.relrowsecurity as secured,
            exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'project_id' and not a.attisdropped) as tenant
       from pg_class c where c.relkind = 'r' and c.relnamespace = $1::regnamespace`,
    [service],
  );
  for (const { name, secured, tenant } of tables.rows) {
    if (tenant && !secured)
      throw new Error(`${service}.${name} has a project_id but no row-level security policy`);
    if (secured)
      await client.query(
        `alter table ${client.escapeIdentifier(service)}.${client.escapeIdentifier(name)} force row level security`,
      );
  }
}
