import { CloudError } from '@thecloud/kernel';
import { refuseOwned, scopeOf } from '@thecloud/service-kit';
import type { Database, RequestContext, Changes } from '@thecloud/service-kit';
import { errors } from '../errors';
import type { AgentClient, Agents } from '../host/agents';
import { instanceRepo } from '../instance/instance.repo';
import type { Look } from '../instance/instance.repo';

/** What reaching into an instance takes. */
export interface LifeDeps {
  readonly db: Database;
  readonly changes: Changes;
  readonly agents: Agents;
}

/** Until an agent has let us in, which for exec includes starting the program, in ms. */
export const SET_UP_MS = 15_000;

export interface Hosted {
  readonly hostId: string;
  readonly agent: AgentClient;
}

/**
 * Where the caller's instance is, and the agent there.
 * @throws CloudError INSTANCE_NOT_FOUND, INSTANCE_NOT_PLACED
 */
export async function hosted(d: LifeDeps, ctx: RequestContext, id: string): Promise<Hosted> {
  return hostOf(d, await find(d, ctx, id));
}

/** The same, to act in it: that is its owner's alone. PERMISSION_DENIED OWNED_BY_SERVICE. */
export async function hostedToAct(d: LifeDeps, ctx: RequestContext, id: string): Promise<Hosted> {
  const found = await find(d, ctx, id);
  refuseOwned(ctx, found.row);
  return hostOf(d, found);
}

async function find(d: LifeDeps, ctx: RequestContext, id: string): Promise<Look> {
  const [found] = await d.db.read(scopeOf(ctx), (tx) => instanceRepo.look(tx, [id]));
  if (!found) throw errors.INSTANCE_NOT_FOUND({ id });
  return found;
}

function hostOf(d: LifeDeps, { row, host }: Look): Hosted {
  const { id } = row;
  if (!host?.agentEndpoint) throw errors.INSTANCE_NOT_PLACED({ id, state: row.state });
  return { hostId: host.id, agent: d.agents.of(host) };
}

/** CANCELLED: not by the caller, who would hear nothing any more, but by a deadline of ours or by the connection. */
const LOST: readonly string[] = ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED'];

/** What an agent refuses is for the caller to read; that it cannot be reached is said in terms of the instance. */
export function worded(error: unknown, id: string): unknown {
  if (!(error instanceof CloudError)) return error;
  if (error.reason === 'INSTANCE_NOT_HERE') return errors.INSTANCE_NOT_PLACED({ id, state: 'moving' }, error);
  return LOST.includes(error.reason) ? errors.HOST_UNREACHABLE({ id }, error) : error;
}
