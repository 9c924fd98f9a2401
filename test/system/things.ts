import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IdKind } from '@thecloud/kernel';
import { idOf } from './api';
import type { Cloud } from './cloud';

/** One thing of each kind, by the collection that its routes stand under. */
export type Things = Readonly<Record<string, { readonly id: string; readonly kind: IdKind }>>;

/** Makes one of each kind in the first project. */
export async function furnish(cloud: Cloud): Promise<Things> {
  const { admin } = cloud;
  await cloud.importStarter();
  const instance = await admin.launch('private', { env: { SECRET: 'of the first project' } });
  await admin.reaches(idOf(instance), 'running');
  const [image] = (await admin.call('GET', '/v1/images')).body.images ?? [];
  const key = await admin.call('POST', '/v1/api-keys', { name: 'theirs' });
  const ssh = await admin.call('POST', '/v1/ssh-keys', { name: 'theirs', public_key: publicKey() });
  const { body: members } = await admin.call('GET', '/v1/members');
  return {
    instances: { id: idOf(instance), kind: 'instance' },
    operations: { id: instance.metadata?.operation_id ?? '', kind: 'operation' },
    images: { id: idOf(image ?? {}), kind: 'image' },
    'api-keys': { id: idOf(key.body), kind: 'apiKey' },
    'ssh-keys': { id: idOf(ssh.body), kind: 'sshKey' },
    projects: { id: instance.metadata?.project_id ?? '', kind: 'project' },
    members: {
      id: (members as { members?: Array<{ user_id: string }> }).members?.[0]?.user_id ?? '',
      kind: 'user',
    },
  };
}

export function publicKey(): string {
  const dir = mkdtempSync(join(tmpdir(), 'key-'));
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, 'key')]);
  const text = readFileSync(join(dir, 'key.pub'), 'utf8').trim();
  rmSync(dir, { recursive: true });
  return text;
}
