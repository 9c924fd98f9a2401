import { newId } from '@thecloud/kernel';
import { changeResource, projectOf } from '@thecloud/service-kit';
import type { ChangeDeps, Foundation, PurgeCaller, RequestContext, Tx } from '@thecloud/service-kit';
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
  { name, labels, publicKey }: ImportSshKey,
): Promise<SshKeyRow> {
  const parsed = parsePublicKey(publicKey);
  if ('wrong' in parsed) throw errors.SSH_KEY_INVALID({ why: parsed.wrong });
  const { type, text, fingerprint } = parsed;
  const resource = { id: newId('sshKey'), name, projectId: projectOf(ctx) };
  const operationId = await f.operations.record(tx, ctx, {
    kind: 'ssh-key.import',
    resource,
    step: 'import',
  });
  const made = { ...resource, operationId, labels, type, publicKey: text, fingerprint };
  const row = await sshKeyRepo.insert(tx, made);
  changed(f, 'imported')(tx, row);
  return row;
}

/** ABORTED VERSION_MISMATCH: it is not the version the caller has seen. */
export function renameSshKey(
  f: Needs,
  tx: Tx,
  ctx: RequestContext,
  { id, name, version }: { id: string; name: string; version: number },
): Promise<SshKeyRow> {
  const save: Save = (_, row, { change }, operationId) =>
    sshKeyRepo.update(tx, row.id, { ...change, operationId });
  const how = { ...sshKeys(f), save, changed: changed(f, 'renamed') };
  const decided = { kind: 'ssh-key.rename', step: 'rename', change: { name } };
  return changeResource<SshKeyRow>(how, tx, ctx, id, () => decided, version);
}

export function deleteSshKey(f: Needs, tx: Tx, ctx: PurgeCaller, id: string): Promise<SshKeyRow> {
  const save: Save = async (_, row, __, operationId) => {
    await sshKeyRepo.remove(tx, row.id);
    return { ...row, operationId };
  };
  const how = { ...sshKeys(f), save, changed: changed(f, 'deleted') };
  return changeResource<SshKeyRow>(how, tx, ctx, id, () => ({
    kind: 'ssh-key.delete',
    step: 'delete',
    change: {},
  }));
}

type Save = ChangeDeps<SshKeyRow>['save'];
const sshKeys = ({ operations }: Needs) => ({ operations, lock: sshKeyRepo.lock });

const changed =
  (f: Needs, what: 'imported' | 'renamed' | 'deleted') =>
  (tx: Tx, { id, projectId, name, fingerprint, version, operationId }: SshKeyRow): void => {
    const data = { name, fingerprint, version, operation_id: operationId };
    f.changes.record(tx, { type: `thecloud.ssh-key.${what}`, id, projectId, data });
  };
