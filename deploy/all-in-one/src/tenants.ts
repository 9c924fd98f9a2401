import Docker from 'dockerode';
import type { Installation } from './installation';

/** Removes this installation's containers, and the images it pulled, from a Docker that others may share. */
export async function removeTenants(socketPath: string, { hostId, ports }: Installation): Promise<string> {
  const daemon = new Docker({ socketPath, timeout: 60_000 });
  const ours = await daemon.listContainers({
    all: true,
    filters: { label: [`thecloud.host_id=${hostId}`] },
  });
  for (const { Id } of ours) await unlessGone(daemon.getContainer(Id).remove({ force: true, v: true }));
  const registry = `127.0.0.1:${ports.registry}/`;
  const images = (await daemon.listImages()).filter(({ RepoDigests, RepoTags }) =>
    [...(RepoDigests ?? []), ...(RepoTags ?? [])].some((reference) => reference.startsWith(registry)),
  );
  for (const { Id } of images) await unlessGone(daemon.getImage(Id).remove({ force: true }));
  return `removed ${ours.length}`;
}

async function unlessGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
  }
}
