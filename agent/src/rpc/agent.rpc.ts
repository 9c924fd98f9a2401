import { agentV1 } from '@thecloud/api';
import { commonErrors } from '@thecloud/kernel';
import { implement } from '@thecloud/service-kit';
import type { Handlers, Implementation, RequestContext } from '@thecloud/service-kit';
import type { Agent } from '../core/agent';
import type { Kind } from '../core/kind';
import type { Kinds } from '../core/kinds';
import { errors } from '../errors';
import { checkId, observedFrom, orderFrom } from './mapping';

/** Also what a page size of 0 means. */
const LARGEST_PAGE = 1_000;

type Ordered = 'apply' | 'observe' | 'list';
type Rpcs = Handlers<agentV1.AgentServiceServer>;

/** Orders come from the owner of their kind, and from nobody else. */
export function agentService(
  agent: Agent,
  kinds: Kinds,
  hostId: string,
  life: Omit<Rpcs, Ordered>,
): Implementation {
  const toWire = observedFrom(kinds);
  const ownedBy = (ctx: RequestContext, name: string): Kind => {
    const kind = kinds.of({ kind: name });
    if (ctx.peer?.kind !== kind.owner)
      throw commonErrors.PEER_NOT_ALLOWED({ peer: ctx.peer?.kind ?? 'unknown' });
    return kind;
  };
  return implement<agentV1.AgentServiceServer>(agentV1.AgentServiceService, {
    apply: async (ctx, request) => {
      const kind = ownedBy(ctx, request.kind);
      if (request.hostId !== hostId) throw errors.WRONG_HOST({ meant: request.hostId, host: hostId });
      const order = orderFrom(kind, request);
      const { id, generation, desired, controller } = order;
      const observation = await agent.apply(order);
      const said = { [kind.name]: id, generation, desired, controller, epoch: String(order.epoch) };
      ctx.log.info(said, 'order taken');
      return toWire(observation);
    },
    observe: async (ctx, { kind: name, id }) => {
      const kind = ownedBy(ctx, name);
      return toWire(agent.observe({ kind: name, id: checkId(kind, id) }));
    },
    list: async (ctx, { kind, pageSize, pageToken }) => {
      ownedBy(ctx, kind);
      const size = pageSize || LARGEST_PAGE;
      const after = agent
        .list(kind)
        .filter(({ id }) => id > pageToken)
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      const page = after.slice(0, size);
      const nextPageToken = after.length > size ? (page.at(-1)?.id ?? '') : '';
      return { observed: page.map(toWire), nextPageToken };
    },
    ...life,
  });
}
