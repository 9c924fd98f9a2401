import { emit } from '@thecloud/service-kit';
import type { Tx } from '@thecloud/service-kit';
import type { Role } from '../role/role';
import { kit } from '../schema';

/** Tells the project that somebody's place in it changed. */
export function announceMember(
  tx: Tx,
  what: 'added' | 'updated' | 'removed',
  { projectId, userId, role }: { projectId: string; userId: string; role: Role },
): void {
  emit(tx, kit, 'identity', {
    type: `thecloud.member.${what}`,
    subject: userId,
    projectId,
    data: { user_id: userId, role },
  });
}
