import type { sendUnaryData, Server, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { HealthImplementation } from 'grpc-health-check';

/** What a service stands on, by name ("postgres"): whether it answers. Asked only when somebody wants to know. */
export type EngineProbes = Readonly<Record<string, () => Promise<boolean>>>;

interface CheckRequest {
  service: string;
}
type Check = (call: ServerUnaryCall<CheckRequest, unknown>, callback: sendUnaryData<unknown>) => void;

const probeMs = 900;

/** grpc.health.v1: the server as a whole, each service by its name, and what it stands on as "engine.<name>". */
export function addHealth(server: Server, health: HealthImplementation, probes: EngineProbes): void {
  health.addToServer({
    addService: (
      definition: Parameters<Server['addService']>[0],
      implementation: UntypedServiceImplementation,
    ) => {
      const known = implementation.check as Check;
      const check: Check = (call, callback) => {
        const name = call.request.service;
        const probe = name.startsWith('engine.') ? probes[name.slice('engine.'.length)] : undefined;
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
