import type { sendUnaryData, Server, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { HealthImplementation } from 'grpc-health-check';

/** Whether all is well with a part of a service, by its name. Asked only when somebody wants to know. */
export type Probes = Readonly<Record<string, () => Promise<boolean>>>;

interface CheckRequest {
  service: string;
}
type Check = (call: ServerUnaryCall<CheckRequest, unknown>, callback: sendUnaryData<unknown>) => void;

const probeMs = 900;

/** grpc.health.v1: the server as a whole, each service by its name, and each part by its own ("engine.postgres"). */
export function addHealth(server: Server, health: HealthImplementation, probes: Probes): void {
  health.addToServer({
    addService: (
      definition: Parameters<Server['addService']>[0],
      implementation: UntypedServiceImplementation,
    ) => {
      const known = implementation.check as Check;
      const check: Check = (call, callback) => {
        const name = call.request.service;
        const probe = Object.hasOwn(probes, name) ? probes[name] : undefined;
        if (!probe) return known(call, callback);
        void answersInTime(probe).then((answers) => {
          health.setStatus(name, answers ? 'SERVING' : 'NOT_SERVING');
          known(call, callback);
        });
      };
      server.addService(definition, { ...implementation, check });
    },
  } as Parameters<HealthImplementation['addToServer']>[0]);
}

async function answersInTime(probe: () => Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), probeMs)));
  const answer = await Promise.race([probe().catch(() => false), late]);
  clearTimeout(timer);
  return answer;
}
