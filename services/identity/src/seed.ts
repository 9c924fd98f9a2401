import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Tx } from '@thecloud/service-kit';
import { announceKey, createApiKey } from './api-key/create-api-key';
import { type DatabaseAccess, withDatabase } from './database-access';
import { createProject } from './project/create-project';
import { apiKeys, members, projects, users } from './schema';
import { normalEmail } from './user/email';
import { Passwords } from './user/passwords';
import { registerUser } from './user/register-user';

export interface SeedOptions extends DatabaseAccess {
  readonly email: string;
  /** Of a new account; an account that exists keeps its own. */
  readonly password: string;
  readonly projectName: string;
  readonly keyName: string;
  /** Revokes the key of that name, if there is one, and makes a new one. */
  readonly rotateKey?: boolean;
}

export interface Seeded {
  readonly userId: string;
  readonly projectId: string;
  /** Only when the key was made by this very call. */
  readonly apiKey?: string;
}

/** The first account (it administers the platform), its project, and an owner's API key. What is there stays. */
export function seed(o: SeedOptions): Promise<Seeded> {
  return withDatabase('identity-seed', o, async (db) => {
    const email = normalEmail(o.email);
    const passwordHash = await new Passwords().hash(o.password);
    return db.write('system', async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(hashtext('identity.seed'))`);
      const userId = await ensureAdmin(tx, { email, passwordHash, projectName: o.projectName });
      const projectId = await ensureProject(tx, userId, o.projectName);
      const apiKey = await ensureKey(tx, userId, projectId, o);
      return { userId, projectId, ...(apiKey ? { apiKey } : {}) };
    });
  });
}

async function ensureAdmin(
  tx: Tx,
  { email, passwordHash, projectName }: { email: string; passwordHash: string; projectName: string },
): Promise<string> {
  const [known] = await tx
    .update(users)
    .set({ platformAdmin: true })
    .where(eq(users.email, email))
    .returning({ id: users.id });
  if (known) return known.id;
  const account = { email, passwordHash, name: 'Administrator', platformAdmin: true };
  return (await registerUser(tx, account, { projectName })).id;
}

async function ensureProject(tx: Tx, userId: string, name: string): Promise<string> {
  const [known] = await tx
    .select({ id: projects.id })
    .from(projects)
    .innerJoin(members, and(eq(members.projectId, projects.id), eq(members.userId, userId)))
    .where(and(eq(projects.createdBy, userId), eq(projects.name, name), isNull(projects.deletedAt)));
  return known?.id ?? (await createProject(tx, { name, labels: {}, userId })).id;
}

async function ensureKey(
  tx: Tx,
  userId: string,
  projectId: string,
  { keyName, rotateKey }: SeedOptions,
): Promise<string | undefined> {
  const live = and(eq(apiKeys.projectId, projectId), eq(apiKeys.name, keyName), isNull(apiKeys.revokedAt));
  if (rotateKey) {
    const [old] = await tx
      .update(apiKeys)
      .set({ revokedAt: sql`now()` })
      .where(live)
      .returning();
    if (old) await announceKey(tx, 'revoked', old);
  }
  const known = await tx.select({ id: apiKeys.id }).from(apiKeys).where(live);
  if (known.length > 0) return undefined;
  const maker = { id: userId, kind: 'user', role: 'owner' } as const;
  const key = { projectId, name: keyName, labels: {}, role: 'owner', expiresAt: undefined } as const;
  return (await createApiKey(tx, maker, key)).secret;
}
