import { CloudApiError } from '@thecloud/sdk';
import type { Cli } from './cli';

const mostImages = 5_000;
const known = new WeakMap<Cli, Promise<Map<string, string>>>();

/** Names of the project's images by their ids; what was learned before is asked again only if it lacks one of these. */
export async function imageNames(cli: Cli, ids: readonly string[]): Promise<Map<string, string>> {
  const before = await known.get(cli);
  if (before && ids.every((id) => before.has(id))) return before;
  const names = fetchNames(cli);
  known.set(cli, names);
  return names;
}

async function fetchNames(cli: Cli): Promise<Map<string, string>> {
  try {
    const { items } = await (await cli.cloud()).images.list().take(mostImages);
    return new Map(items.map(({ metadata }) => [metadata.id, metadata.name]));
  } catch (error) {
    if (error instanceof CloudApiError) return new Map();
    throw error;
  }
}
