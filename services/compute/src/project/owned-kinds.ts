import type { Foundation, OwnedKind } from '@thecloud/service-kit';
import { purgeImage } from '../image/delete-image';
import type { DeleteImageDeps } from '../image/delete-image';
import { image } from '../image/image.schema';
import { changeInstance } from '../instance/change-instance';
import type { InstanceDeps } from '../instance/instance.ports';
import { instanceRepo } from '../instance/instance.repo';
import { instance } from '../instance/instance.schema';
import { remove } from '../instance/power-instance';
import { deleteSshKey } from '../ssh-key/change-ssh-keys';
import { sshKey } from '../ssh-key/ssh-key.schema';

/** Everything that a project can own in compute: instances before the images that they use. */
export function ownedKinds(
  f: Pick<Foundation, 'operations' | 'changes' | 'work'>,
  d: { readonly instances: InstanceDeps; readonly images: DeleteImageDeps },
): OwnedKind[] {
  return [
    {
      kind: 'instance',
      table: instance,
      purge: async (tx, by, things) => {
        const blocks: string[] = [];
        for (const { id, name } of things) {
          const row = await instanceRepo.lock(tx, id);
          if (row?.ownerService)
            blocks.push(
              `instance ${name} belongs to ${row.ownerId} of ${row.ownerService}, which removes it`,
            );
          else if (row) await changeInstance(d.instances, tx, by, id, remove);
        }
        return blocks;
      },
    },
    {
      kind: 'image',
      table: image,
      purge: async (tx, by, things) => {
        const blocks: string[] = [];
        for (const { id } of things) {
          const why = await purgeImage(d.images, tx, by, id);
          if (why) blocks.push(why);
        }
        return blocks;
      },
    },
    {
      kind: 'SSH key',
      table: sshKey,
      purge: async (tx, by, things) => {
        for (const { id } of things) await deleteSshKey(f, tx, by, id);
        return [];
      },
    },
  ];
}
