import { agentV1 } from '@thecloud/api';

/** What a host sees of an instance, with the facts of its kind. */
export function observedInstance({ id, facts, ...observed }: agentV1.Observed): agentV1.ObservedInstance {
  const { generation, phase, problemReason, problemMessage, progress, sequence, driver } = observed;
  return {
    ...{ instanceId: id, generation, phase, problemReason, problemMessage, progress, sequence, driver },
    ...agentV1.InstanceFacts.decode(facts),
  };
}
