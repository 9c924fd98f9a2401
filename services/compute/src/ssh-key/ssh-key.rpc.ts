import { computeV1 } from '@thecloud/api';
import { cutPage, implement, metadataOf, pageOf, projectOf, scopeOf } from '@thecloud/service-kit';
import type { Foundation } from '@thecloud/service-kit';
import { errors } from '../errors';
import { deleteSshKey, importSshKey, renameSshKey } from './change-ssh-keys';
import { sshKeyRepo } from './ssh-key.repo';
import type { SshKeyRow } from './ssh-key.schema';

/** Handlers of SshKeyService. */
export function sshKeyRpc(f: Foundation) {
  return implement<computeV1.SshKeyServiceServer>(computeV1.SshKeyServiceService, {
    importSshKey: (ctx, request) =>
      f.mutate(ctx, computeV1.SshKey, async (tx) => toProto(await importSshKey(f, tx, ctx, request))),
    listSshKeys: async (ctx, request) => {
      const page = pageOf(request);
      const cut = cutPage(
        await f.db.read(scopeOf(ctx), (tx) => sshKeyRepo.list(tx, projectOf(ctx), request, page)),
        page,
      );
      return { sshKeys: cut.rows.map(toProto), nextPageToken: cut.nextPageToken };
    },
    getSshKey: async (ctx, { id }) => {
      const row = await f.db.read(scopeOf(ctx), (tx) => sshKeyRepo.find(tx, id));
      if (!row) throw errors.SSH_KEY_NOT_FOUND({ id });
      return toProto(row);
    },
    renameSshKey: (ctx, request) =>
      f.mutate(ctx, computeV1.SshKey, async (tx) => toProto(await renameSshKey(f, tx, ctx, request))),
    deleteSshKey: (ctx, { id }) =>
      f.mutate(ctx, computeV1.SshKey, async (tx) => toProto(await deleteSshKey(f, tx, ctx, id))),
  });
}

function toProto(row: SshKeyRow): computeV1.SshKey {
  const { publicKey, type, fingerprint } = row;
  return { metadata: metadataOf(row), publicKey, type, fingerprint };
}
