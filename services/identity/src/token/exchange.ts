import { and, eq, gt, isNull, or, sql } from 'drizzle-orm';
import type { Tx } from '@thecloud/service-kit';
import { commonErrors } from '@thecloud/kernel';
import { errors } from '../errors';
import type { Role } from '../role/role';
import { lesser, permissionsOf } from '../role/role';
import { apiKeys, members, projects, sessions, users } from '../schema';
import { active } from '../user/user.schema';
import { hashOf, kindOf } from './credential';

/** Whom a credential stands for, at this moment. */
export interface Bearer {
  readonly kind: 'user' | 'api_key';
  readonly subject: string;
  /** The user, or the one behind the key. */
  readonly userId: string;
  readonly sessionId?: string;
  readonly projectId?: string;
  readonly role?: Role;
  readonly permissions: readonly string[];
  readonly platformAdmin: boolean;
  /** Of a key: when it was last used, as stored. */
  readonly lastUsedAt?: Date | null;
}

/**
 * Looks a credential up; one round trip. UNAUTHENTICATED: unknown, expired, revoked, its user is disabled or deleted, or
 * its project or user is gone from there. NOT_FOUND PROJECT_NOT_FOUND: the wanted project is not one of the bearer's, or is none.
 */
export async function findBearer(tx: Tx, credential: string, wantedProject: string): Promise<Bearer> {
  const kind = kindOf(credential);
  if (kind === 'apiKey') return findKey(tx, hashOf(credential), wantedProject);
  if (kind === 'session') return findSession(tx, hashOf(credential), wantedProject);
  throw commonErrors.UNAUTHENTICATED({});
}

/**
 * A key can do what its role says and no more than the user behind it still can: who leaves the project takes their
 * keys along. Platform rights go with people, with one exception that makes a fresh installation usable by its first
 * key: an owner's key of somebody who administers the platform, for as long as that person does.
 */
async function findKey(tx: Tx, hash: string, wantedProject: string): Promise<Bearer> {
  const [row] = await tx
    .select({
      id: apiKeys.id,
      userId: apiKeys.userId,
      projectId: apiKeys.projectId,
      role: apiKeys.role,
      lastUsedAt: apiKeys.lastUsedAt,
      memberRole: members.role,
      platformAdmin: users.platformAdmin,
    })
    .from(apiKeys)
    .innerJoin(projects, and(eq(projects.id, apiKeys.projectId), isNull(projects.deletedAt)))
    .innerJoin(members, and(eq(members.projectId, apiKeys.projectId), eq(members.userId, apiKeys.userId)))
    .innerJoin(users, and(eq(users.id, apiKeys.userId), active))
    .where(
      and(
        eq(apiKeys.secretHash, hash),
        isNull(apiKeys.revokedAt),
        or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, sql`now()`)),
      ),
    );
  if (!row) throw commonErrors.UNAUTHENTICATED({});
  if (wantedProject && wantedProject !== row.projectId) throw errors.PROJECT_NOT_FOUND({ id: wantedProject });
  const role = lesser(row.role, row.memberRole);
  return {
    kind: 'api_key',
    subject: row.id,
    userId: row.userId,
    projectId: row.projectId,
    role,
    permissions: permissionsOf(role),
    platformAdmin: row.platformAdmin && role === 'owner',
    lastUsedAt: row.lastUsedAt,
  };
}

async function findSession(tx: Tx, hash: string, wantedProject: string): Promise<Bearer> {
  const [row] = await tx
    .select({
      id: sessions.id,
      userId: sessions.userId,
      platformAdmin: users.platformAdmin,
      projectId: projects.id,
      role: members.role,
    })
    .from(sessions)
    .innerJoin(users, and(eq(users.id, sessions.userId), active))
    .leftJoin(projects, and(eq(projects.id, wantedProject), isNull(projects.deletedAt)))
    .leftJoin(members, and(eq(members.projectId, projects.id), eq(members.userId, sessions.userId)))
    .where(and(eq(sessions.tokenHash, hash), gt(sessions.expiresAt, sql`now()`)));
  if (!row) throw commonErrors.UNAUTHENTICATED({});
  const base = {
    kind: 'user' as const,
    subject: row.userId,
    userId: row.userId,
    sessionId: row.id,
    platformAdmin: row.platformAdmin,
  };
  if (!wantedProject) return { ...base, permissions: [] };
  if (!row.projectId || !row.role) throw errors.PROJECT_NOT_FOUND({ id: wantedProject });
  return { ...base, projectId: row.projectId, role: row.role, permissions: permissionsOf(row.role) };
}
