import { newId } from '@thecloud/kernel';
import type { Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { createProject } from '../project/create-project';
import { users } from '../schema';
import { announceUser } from './user.events';

export type User = typeof users.$inferSelect;

export interface NewUser {
  /** In lower case. */
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly platformAdmin?: boolean;
  /** The password is a one-time password until then. */
  readonly oneTimeUntil?: Date;
}

export interface Registration {
  readonly projectName?: string;
  /** Who opens the account; absent: its user. */
  readonly by?: string;
}

const FIRST_PROJECT = 'default';

/** An account and its first project, which it owns. ALREADY_EXISTS EMAIL_TAKEN. */
export async function registerUser(
  tx: Tx,
  user: NewUser,
  { projectName = FIRST_PROJECT, by }: Registration = {},
): Promise<User> {
  const [made] = await tx
    .insert(users)
    .values({ id: newId('user'), ...user })
    .onConflictDoNothing()
    .returning();
  if (!made) throw errors.EMAIL_TAKEN({ email: user.email });
  announceUser(tx, 'created', made, by ?? made.id);
  await createProject(tx, { name: projectName, labels: {}, userId: made.id });
  return made;
}
