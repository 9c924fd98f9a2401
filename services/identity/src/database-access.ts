import { readFileSync } from 'node:fs';
import { createLogger, Database } from '@thecloud/service-kit';

/** How a program of the operator reaches identity's database. */
export interface DatabaseAccess {
  /** Of identity's own role. */
  readonly databaseUrl: string;
  readonly databasePassword?: string;
  /** PEM file of the authority, when the database is reached by TLS. */
  readonly caFile?: string;
}

/** Runs `work` with a database of its own, closed at the end. */
export async function withDatabase<T>(
  name: string,
  { databaseUrl: url, databasePassword: password, caFile }: DatabaseAccess,
  work: (db: Database) => Promise<T>,
): Promise<T> {
  const db = new Database({
    url,
    ...(password ? { password } : {}),
    ...(caFile ? { ca: readFileSync(caFile, 'utf8') } : {}),
    max: 2,
    log: createLogger({ service: name, level: 'warn' }),
  });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}
