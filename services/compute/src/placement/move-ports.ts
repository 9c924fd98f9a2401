import type { Tx } from '@thecloud/service-kit';
import type { PublishedPort } from '../instance/instance';
import { bindPorts } from './bind-ports';
import { rememberTaken } from './taken-ports';
import type { Stuck } from './taken-ports';

/** After so many ports found taken an operation fails: something else is wrong with that host. */
const MOST_TAKEN = 5;

/**
 * Gives an instance other host ports in place of those it could not have, in the caller's transaction. False: it has
 * met too many of them, or none is free; then the transaction must not commit.
 */
export async function movePorts(tx: Tx, stuck: Stuck, ports: readonly PublishedPort[]): Promise<boolean> {
  if ((await rememberTaken(tx, stuck)) > MOST_TAKEN) return false;
  return (await bindPorts(tx, stuck.hostId, stuck.id, ports)) === undefined;
}
