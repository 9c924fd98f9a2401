import type { agentV1 } from '@thecloud/api';
import { invalidFields } from '@thecloud/kernel';
import { errors } from '../errors';
import type { Kind } from '../core/kind';
import type { Kinds } from '../core/kinds';
import type { Observation } from '../core/observations';
import { ABSENT } from '../core/order';
import type { Order } from '../core/order';

/** @throws CloudError INVALID_FIELDS, CONTROLLER_UNKNOWN */
export function orderFrom(kind: Kind, request: agentV1.ApplyRequest): Order {
  const { id, generation, epoch, desired, driver } = request;
  checkId(kind, id);
  if (desired !== ABSENT && !kind.desirable.includes(desired))
    throw invalidFields([
      { field: 'desired', description: `is absent or one of ${kind.desirable.join(', ')}` },
    ]);
  if (!kind.controllers.includes(request.controller))
    throw errors.CONTROLLER_UNKNOWN({ controller: request.controller, kind: kind.name });
  const controller = `${kind.owner}/${request.controller}`;
  const spec = kind.specFrom(request.spec, desired);
  return { kind: kind.name, id, generation, controller, epoch, desired, driver, spec };
}

/** The id becomes a file name or a container name: nothing but an id of the kind will do. */
export function checkId(kind: Kind, id: string): string {
  if (kind.isId(id)) return id;
  throw invalidFields([{ field: 'id', description: `is no id of the kind ${kind.name}` }]);
}

export const observedFrom =
  (kinds: Kinds) =>
  ({ facts, ...observation }: Observation): agentV1.Observed => ({
    ...observation,
    facts: Buffer.from(kinds.of(observation).encodeFacts(facts)),
  });
