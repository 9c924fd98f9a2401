import { z } from 'zod';
import { errors } from '../errors';

/** What an image was built for, in the words of OCI: linux/amd64, linux/arm64/v8, windows/amd64. */
export const platformSchema = z.object({
  os: z.string().max(64),
  architecture: z.string().max(64),
  variant: z.string().max(64).nullish(),
});
export type Platform = z.infer<typeof platformSchema>;

/** What hosts run. */
export const hostPlatform: Platform = {
  os: 'linux',
  architecture: { x64: 'amd64', ia32: '386' }[process.arch as string] ?? process.arch,
};

export const platformName = ({ os, architecture, variant }: Platform): string =>
  [os || 'unknown', architecture || 'unknown', ...(variant ? [variant] : [])].join('/');

/** INVALID_ARGUMENT IMAGE_PLATFORM_UNSUPPORTED, naming the platforms found and wanted. */
export function refuseOtherPlatforms(found: readonly Platform[], wanted = hostPlatform): void {
  if (found.some((platform) => runsOn(platform, wanted))) return;
  const names = [...new Set(found.map(platformName))];
  const some = names.length > 12 ? [...names.slice(0, 12), `${names.length - 12} more`] : names;
  throw errors.IMAGE_PLATFORM_UNSUPPORTED({ found: some.join(', '), wanted: platformName(wanted) });
}

/**
 * The manifest of a multi-platform image that hosts can run, the most general one where several do.
 * INVALID_ARGUMENT IMAGE_PLATFORM_UNSUPPORTED: there is none.
 */
export function choosePlatform<T extends { readonly platform?: Platform | undefined }>(
  manifests: readonly T[],
  wanted = hostPlatform,
): T {
  const suited = manifests.filter(({ platform }) => platform && runsOn(platform, wanted));
  const chosen = suited.find(({ platform }) => isGeneral(platform)) ?? suited[0];
  if (chosen) return chosen;
  refuseOtherPlatforms(
    manifests.flatMap(({ platform }) => (platform && !isUnknown(platform) ? [platform] : [])),
    wanted,
  );
  throw errors.IMAGE_PLATFORM_UNSUPPORTED({ found: 'none', wanted: platformName(wanted) });
}

const runsOn = (a: Platform, b: Platform) => a.os === b.os && a.architecture === b.architecture;
const isGeneral = (platform?: Platform) => !platform?.variant || platformName(platform) === 'linux/arm64/v8';
/** Build tools add such entries for signed statements about the others. */
const isUnknown = ({ os, architecture }: Platform) => os === 'unknown' && architecture === 'unknown';
