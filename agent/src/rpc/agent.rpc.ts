import { agentV1 } from '@thecloud/api';
import { implement } from '@thecloud/service-kit';
import type { Implementation } from '@thecloud/service-kit';
import type { Agent } from '../core/agent';
import { errors } from '../errors';
import type { InstanceLife } from '../kinds/instance/life/instance-life';
import { lifeHandlers } from '../kinds/instance/life/life.rpc';
import { checkInstanceId, observedFrom, orderFrom } from '../kinds/instance/codec';

/** Only compute gets here: the rpcs' own option says so, and the server enforces it. */
export function agentService(agent: Agent, life: InstanceLife, hostId: string): Implementation {
  return implement<agentV1.AgentServiceServer>(agentV1.AgentServiceService, {
    applyInstance: async (ctx, request) => {
      const order = orderFrom(request);
      if (request.hostId && request.hostId !== hostId)
        throw errors.WRONG_HOST({ meant: request.hostId, host: hostId });
      const { instanceId, generation, desired } = order;
      const observation = await agent.apply(order);
      ctx.log.info({ instance: instanceId, generation, desired, epoch: String(order.epoch) }, 'order taken');
      return observedFrom(observation);
    },
    observeInstance: async (_, { instanceId }) => observedFrom(agent.observe(checkInstanceId(instanceId))),
    listInstances: async () => ({ instances: agent.list().map(observedFrom) }),
    ...lifeHandlers(life),
  });
}
