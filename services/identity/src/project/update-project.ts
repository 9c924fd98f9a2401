import { and, eq, isNull } from 'drizzle-orm';
import { commonErrors } from '@thecloud/kernel';
import { refuseTaken } from '@thecloud/service-kit';
import type { Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { projects } from '../schema';
import { takenName } from './create-project';
import type { Project } from '../schema';
import { announceProject } from './project.events';

export interface ProjectUpdate {
  readonly id: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  /** What of it counts: "name", "labels". */
  readonly updateMask: readonly string[];
  /** 0: whatever it has. */
  readonly version: number;
}

/** NOT_FOUND PROJECT_NOT_FOUND; ALREADY_EXISTS PROJECT_NAME_TAKEN; ABORTED VERSION_MISMATCH. */
export async function updateProject(tx: Tx, by: string, update: ProjectUpdate): Promise<Project> {
  const { id, name, labels, updateMask, version } = update;
  const change = {
    ...(updateMask.includes('name') && name ? { name } : {}),
    ...(updateMask.includes('labels') ? { labels } : {}),
  };
  if (Object.keys(change).length === 0) throw errors.PROJECT_UPDATE_EMPTY({});
  const [row] = await tx
    .select()
    .from(projects)
    .where(and(eq(projects.id, id), isNull(projects.deletedAt)))
    .for('update');
  if (!row) throw errors.PROJECT_NOT_FOUND({ id });
  if (version !== 0 && version !== row.version)
    throw commonErrors.VERSION_MISMATCH({ current: String(row.version) });
  const changed = { ...row, ...change, version: row.version + 1, updatedAt: new Date() };
  await refuseTaken(tx.update(projects).set(changed).where(eq(projects.id, id)), takenName(changed.name));
  announceProject(tx, 'updated', changed, by);
  return changed;
}
