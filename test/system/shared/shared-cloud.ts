import { startCloud } from '../cloud';
import type { Cloud } from '../cloud';

let running: Promise<Cloud> | undefined;
let parts = 0;

/** The cloud that the parts in this folder share, with an `admin` and a `stranger` of the part's own. */
export async function sharedCloud(): Promise<Cloud> {
  running ??= startCloud({ driver: 'noop' });
  parts += 1;
  return (await running).withTenantsOfItsOwn(`part-${parts}`);
}

export async function closeSharedCloud(): Promise<void> {
  await (await running)?.close();
}
