import { and, asc, eq, inArray, isNull, ne, sql } from 'drizzle-orm';
import type { Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { lockOwners } from '../member/lock-owners';
import { announceMember } from '../member/member.events';
import { members, projects, users } from '../schema';
import { normalEmail } from './email';
import { lockUser } from './find-users';
import type { User } from './register-user';
import { active } from './user.schema';

const MOST_NAMED = 20;

/** A user who is to lose access or rights, and all administrators: their rows are locked. */
export interface Leaving {
  readonly user: User;
  readonly administrators: readonly string[];
}

/** Administrators are locked before the user and by id, so that transactions do not wait for each other in a ring. NOT_FOUND USER_UNKNOWN. */
export async function lockToLeave(tx: Tx, id: string): Promise<Leaving> {
  const administrators = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.platformAdmin, true), active))
    .orderBy(asc(users.id))
    .for('update');
  return { user: await lockUser(tx, id), administrators: administrators.map((one) => one.id) };
}

/** FAILED_PRECONDITION LAST_ADMINISTRATOR: without this user nobody administers the installation. */
export function keepAdministrator({ user, administrators }: Leaving): void {
  if (user.platformAdmin && administrators.every((id) => id === user.id)) throw errors.LAST_ADMINISTRATOR({});
}

/**
 * Another owner of each project must remain: those that would have none get `to` (an e-mail address) as an owner.
 * Owners' rows stay locked, as administrators' do since lockToLeave, so that two who are the last of their kind cannot go
 * at the same time. FAILED_PRECONDITION ONLY_OWNER; NOT_FOUND USER_NOT_FOUND.
 */
export async function handOver(tx: Tx, user: User, to: string): Promise<void> {
  await lockOwners(tx, ownedBy(tx, user.id));
  const heir = to ? await findHeir(tx, normalEmail(to)) : undefined;
  const orphans = await onlyOwnedBy(tx, user.id);
  if (orphans.length === 0) return;
  if (!heir || heir.id === user.id) throw errors.ONLY_OWNER({ projects: listOf(orphans) });
  for (const { id: projectId } of orphans) {
    const place = { projectId, userId: heir.id, role: 'owner' as const };
    await tx
      .insert(members)
      .values(place)
      .onConflictDoUpdate({ target: [members.projectId, members.userId], set: { role: 'owner' } });
    announceMember(tx, 'added', place);
  }
}

const ownedBy = (tx: Tx, userId: string) =>
  tx
    .select({ id: members.projectId })
    .from(members)
    .where(and(eq(members.userId, userId), eq(members.role, 'owner')));

function onlyOwnedBy(tx: Tx, userId: string): Promise<Array<{ id: string; name: string }>> {
  const others = tx
    .select({ one: sql`1` })
    .from(members)
    .innerJoin(users, and(eq(users.id, members.userId), active))
    .where(and(eq(members.projectId, projects.id), eq(members.role, 'owner'), ne(members.userId, userId)));
  return tx
    .select({ id: projects.id, name: projects.name })
    .from(projects)
    .where(
      and(isNull(projects.deletedAt), inArray(projects.id, ownedBy(tx, userId)), sql`not exists ${others}`),
    )
    .orderBy(asc(projects.id));
}

async function findHeir(tx: Tx, email: string): Promise<{ id: string }> {
  const [heir] = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.email, email), active));
  if (!heir) throw errors.USER_NOT_FOUND({ email });
  return heir;
}

function listOf(orphans: ReadonlyArray<{ id: string; name: string }>): string {
  const names = orphans.slice(0, MOST_NAMED).map(({ id, name }) => `${name} (${id})`);
  const more = orphans.length - names.length;
  return [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
