import { and, eq, or } from 'drizzle-orm';
import type { Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import type { Role } from '../role/role';
import { members, users } from '../schema';
import { active } from '../user/user.schema';
import { checkRoleChange } from './member';
import { lockOwners } from './lock-owners';
import { announceMember } from './member.events';

export interface Member {
  readonly userId: string;
  readonly email: string;
  readonly role: Role;
  readonly createdAt: Date;
}

/** Who changes members, and where. */
export interface Actor {
  readonly projectId: string;
  readonly role: Role;
}

/** Gives a user a place in the project. ALREADY_EXISTS MEMBER_EXISTS; NOT_FOUND USER_NOT_FOUND. */
export async function addMember(
  tx: Tx,
  { projectId, role: actor }: Actor,
  user: { id: string; email: string },
  role: Role,
): Promise<Member> {
  checkRoleChange(actor, undefined, role, 0);
  const [made] = await tx
    .insert(members)
    .values({ projectId, userId: user.id, role })
    .onConflictDoNothing()
    .returning();
  if (!made) throw errors.MEMBER_EXISTS({ email: user.email });
  // The foreign key has waited for a deletion that was under way.
  const [account] = await tx.select({ deletedAt: users.deletedAt }).from(users).where(eq(users.id, user.id));
  if (!account || account.deletedAt) throw errors.USER_NOT_FOUND({ email: user.email });
  announceMember(tx, 'added', made);
  return { ...made, email: user.email };
}

export async function updateMember(tx: Tx, actor: Actor, userId: string, role: Role): Promise<Member> {
  const { member, owners } = await lockMember(tx, actor.projectId, userId);
  checkRoleChange(actor.role, member.role, role, owners);
  const changed = { ...member, role };
  await tx.update(members).set({ role }).where(at(actor.projectId, userId));
  announceMember(tx, 'updated', { ...changed, projectId: actor.projectId });
  return changed;
}

export async function removeMember(tx: Tx, actor: Actor, userId: string): Promise<void> {
  const { member, owners } = await lockMember(tx, actor.projectId, userId);
  checkRoleChange(actor.role, member.role, undefined, owners);
  await tx.delete(members).where(at(actor.projectId, userId));
  announceMember(tx, 'removed', { ...member, projectId: actor.projectId });
}

/** Anybody may go, whatever the role; the last owner stays. */
export async function leaveProject(tx: Tx, projectId: string, userId: string): Promise<void> {
  await removeMember(tx, { projectId, role: 'owner' }, userId);
}

/** The member, and how many owners can act: locked, so that two owners cannot unmake each other at once. */
async function lockMember(
  tx: Tx,
  projectId: string,
  userId: string,
): Promise<{ member: Member; owners: number }> {
  const owner = and(eq(members.projectId, projectId), eq(members.role, 'owner'));
  await lockOwners(tx, [projectId]);
  const [member] = await tx
    .select({ userId: members.userId, role: members.role, createdAt: members.createdAt })
    .from(members)
    .where(at(projectId, userId))
    .for('update');
  if (!member) throw errors.MEMBER_NOT_FOUND({ id: userId });
  const [user] = await tx.select({ email: users.email }).from(users).where(eq(users.id, userId));
  // One who is disabled is none: except the one in question, who may always be made less.
  const able = await tx
    .select({ userId: members.userId })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(owner, or(active, eq(users.id, userId))));
  return { member: { ...member, email: user?.email ?? '' }, owners: able.length };
}

const at = (projectId: string, userId: string) =>
  and(eq(members.projectId, projectId), eq(members.userId, userId));
