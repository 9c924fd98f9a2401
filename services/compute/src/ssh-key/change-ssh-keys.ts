import { commonErrors, newId } from '@thecloud/kernel';
import { projectOf } from '@thecloud/service-kit';
import type { Foundation, RequestContext, Tx } from '@thecloud/service-kit';
import { errors } from '../errors';
import { parsePublicKey } from './ssh-key';
import { sshKeyRepo } from './ssh-key.repo';
import type { SshKeyRow } from './ssh-key.schema';

export interface ImportSshKey {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly publicKey: string;
}

type Needs = Pick<Foundation, 'operations' | 'changes'>;

/** INVALID_ARGUMENT SSH_KEY_INVALID says what is wrong with it. */
export async function importSshKey(
  f: Needs,
  tx: Tx,
  ctx: RequestContext,
  cmd: ImportSshKey,
): Promise<SshKeyRow> {
  const parsed = parsePublicKey(cmd.publicKey);
  if ('wrong' in parsed) throw errors.SSH_KEY_INVALID({ why: parsed.wrong });
  const projectId = projectOf(ctx);
  const id = newId('sshKey');
  const { type, text, fingerprint } = parsed;
  const { name, labels } = cmd;
  const resource = { id, name, projectId };
  const operationId = await f.operations.record(tx, ctx, {
    kind: 'ssh-key.import',
    resource,
    step: 'import',
  });
  return changed(
    f,
    tx,
    'imported',
    await sshKeyRepo.insert(tx, {
      id,
      projectId,
      operationId,
      name,
      labels,
      type,
      publicKey: text,
      fingerprint,
    }),
  );
}

/** ABORTED VERSION_MISMATCH: it is not the version the caller has seen. */
export async function renameSshKey(
  f: Needs,
  tx: Tx,
  ctx: RequestContext,
  id: string,
  name: string,
  ifVersion: number,
): Promise<SshKeyRow> {
  const row = await sshKeyRepo.lock(tx, id);
  if (ifVersion !== 0 && ifVersion !== row.version)
    throw commonErrors.VERSION_MISMATCH({ current: String(row.version) });
  const resource = { ...row, name };
  const operationId = await f.operations.record(tx, ctx, {
    kind: 'ssh-key.rename',
    resource,
    step: 'rename',
  });
  return changed(f, tx, 'renamed', await sshKeyRepo.rename(tx, id, name, operationId));
}

export async function deleteSshKey(f: Needs, tx: Tx, ctx: RequestContext, id: string): Promise<SshKeyRow> {
  const row = await sshKeyRepo.lock(tx, id);
  const about = { kind: 'ssh-key.delete', resource: row, step: 'delete' };
  const operationId = await f.operations.record(tx, ctx, about);
  await sshKeyRepo.remove(tx, id);
  return changed(f, tx, 'deleted', { ...row, operationId });
}

function changed(f: Needs, tx: Tx, what: 'imported' | 'renamed' | 'deleted', row: SshKeyRow): SshKeyRow {
  const { id, projectId, name, fingerprint, version, operationId } = row;
  const data = { name, fingerprint, version, operation_id: operationId };
  f.changes.record(tx, { type: `thecloud.ssh-key.${what}`, id, projectId, data });
  return row;
}
