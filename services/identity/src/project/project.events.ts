import { emit } from '@thecloud/service-kit';
import type { Tx } from '@thecloud/service-kit';
import { kit } from '../schema';
import type { Project } from '../schema';

/** Tells the project's members what became of it, and who did it (a user's or an API key's id). */
export function announceProject(
  tx: Tx,
  what: 'created' | 'updated' | 'deleted',
  { id, name, version }: Project,
  by: string,
): void {
  emit(tx, kit, 'identity', {
    type: `thecloud.project.${what}`,
    subject: id,
    projectId: id,
    data: { id, name, version, by },
  });
}
