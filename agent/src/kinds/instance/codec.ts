import { agentV1 } from '@thecloud/api';
import { invalidFields, isId } from '@thecloud/kernel';
import type { FieldViolation } from '@thecloud/kernel';
import { ABSENT } from '../../core/order';
import type { InstanceConfig, InstanceSpec, OnHostLoss, RestartPolicy } from './spec';

/** Docker gives no container less, in MiB. */
const LEAST_MEMORY_MIB = 6;
/** Nor less of a CPU than a hundredth. */
const LEAST_CPU_MILLICORES = 10;
const MOST_GRACE_SECONDS = 300;
const POLICIES: readonly string[] = ['always', 'on-failure', 'never'];
const ON_HOST_LOSS: readonly string[] = ['restart', 'keep'];
const PROTOCOLS: readonly string[] = ['tcp', 'udp'];

/** @throws CloudError INVALID_FIELDS */
export function specFrom(bytes: Uint8Array, desired: string): InstanceSpec {
  const { restartNonce, graceSeconds, config: given } = decoded(bytes);
  const violations: FieldViolation[] = [];
  const config = desired === ABSENT ? undefined : given;
  if (desired !== ABSENT && !config)
    violations.push({ field: 'spec.config', description: 'is needed unless absent is wanted' });
  if (graceSeconds > MOST_GRACE_SECONDS)
    violations.push({ field: 'spec.grace_seconds', description: `is at most ${MOST_GRACE_SECONDS}` });
  if (config) violations.push(...configViolations(config));
  if (violations.length > 0) throw invalidFields(violations);
  return { restartNonce, graceSeconds, ...(config ? { config: configFrom(config) } : {}) };
}

/** The id becomes a file name and a container name: nothing but an instance id will do. */
export function checkInstanceId(id: string): string {
  if (isId('instance', id)) return id;
  throw invalidFields([{ field: 'instance_id', description: 'is not an instance id' }]);
}

function decoded(bytes: Uint8Array): agentV1.InstanceSpec {
  try {
    return agentV1.InstanceSpec.decode(bytes);
  } catch {
    throw invalidFields([{ field: 'spec', description: 'is no InstanceSpec' }]);
  }
}

function configViolations(config: agentV1.InstanceConfig): FieldViolation[] {
  const violations: FieldViolation[] = [];
  const rule = (holds: boolean, field: string, description: string) => {
    if (!holds) violations.push({ field: `spec.config.${field}`, description });
  };
  rule(config.image !== '', 'image', 'is needed');
  rule(POLICIES.includes(config.restartPolicy), 'restart_policy', `is one of ${POLICIES.join(', ')}`);
  rule(ON_HOST_LOSS.includes(config.onHostLoss), 'on_host_loss', `is one of ${ON_HOST_LOSS.join(', ')}`);
  rule(millicoresOf(config) >= LEAST_CPU_MILLICORES, 'cpu_millicores', `is at least ${LEAST_CPU_MILLICORES}`);
  rule(config.memoryMib >= LEAST_MEMORY_MIB, 'memory_mib', `is at least ${LEAST_MEMORY_MIB}`);
  rule(config.pids >= 1, 'pids', 'is at least 1');
  for (const name of Object.keys(config.env))
    rule(/^[^=\0]+$/.test(name), 'env', 'has a name that is empty or holds "="');
  config.ports.forEach((port, i) => {
    rule(isPort(port.containerPort), `ports[${i}].container_port`, 'is between 1 and 65535');
    rule(isPort(port.hostPort), `ports[${i}].host_port`, 'is between 1 and 65535');
    rule(PROTOCOLS.includes(port.protocol), `ports[${i}].protocol`, 'is tcp or udp');
  });
  return violations;
}

const millicoresOf = ({ cpuMillicores, vcpus }: agentV1.InstanceConfig) => cpuMillicores || vcpus * 1_000;

const isPort = (n: number) => n >= 1 && n <= 65_535;

/** Of a config without violations. */
function configFrom(config: agentV1.InstanceConfig): InstanceConfig {
  const { image, entrypoint, command, env, memoryMib, pids, hostname, projectId } = config;
  const ports = config.ports.map((p) => ({ ...p, protocol: p.protocol as 'tcp' | 'udp' }));
  const restartPolicy = config.restartPolicy as RestartPolicy;
  const onHostLoss = config.onHostLoss as OnHostLoss;
  return {
    image,
    entrypoint,
    command,
    env,
    ports,
    restartPolicy,
    cpuMillicores: millicoresOf(config),
    memoryMib,
    pids,
    hostname,
    projectId,
    onHostLoss,
  };
}
