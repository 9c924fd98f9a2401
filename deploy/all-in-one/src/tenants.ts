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
  const images = (await daemon.listImages()).flatMap(({ RepoDigests, RepoTags }) =>
    [...(RepoTags ?? []), ...(RepoDigests ?? [])].filter((reference) => reference.startsWith(registry)),
  );
  // By their names with our registry, and without force: what another installation's containers use stays.
  for (const reference of images) await unlessGone(daemon.getImage(reference).remove(), 409);
  return `removed ${ours.length}`;
}

async function unlessGone(removal: Promise<unknown>, ...fine: number[]): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (![404, ...fine].includes((error as { statusCode?: number }).statusCode ?? 0)) throw error;
  }
}
