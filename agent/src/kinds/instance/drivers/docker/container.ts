import type Docker from 'dockerode';
import { logConfig } from './container-log';
import type { DriverPhase, DriverSpec, SeenInstance } from '../../ports/instance-driver';

/** Agents of several clouds may share a Docker: only containers with our host id are ours. */
export const labels = {
  instanceId: 'thecloud.instance_id',
  hostId: 'thecloud.host_id',
  generation: 'thecloud.generation',
  specHash: 'thecloud.spec_hash',
  restartNonce: 'thecloud.restart_nonce',
  projectId: 'thecloud.project_id',
  /** As it was when the container was made; the journal knows a later change. */
  onHostLoss: 'thecloud.on_host_loss',
} as const;

/** What an ordinary server program needs to change users, own its files and listen on port 80; nothing that reaches the host. */
const CAPABILITIES = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID', 'NET_BIND_SERVICE', 'KILL'];
const CPU_PERIOD_US = 100_000;
const MIB = 1024 * 1024;
/** Exit code of what SIGKILL ended. */
const KILLED = 128 + 9;

/** The name is derived from the id, so that creating twice can only ever make one. */
export const containerName = (instanceId: string, prefix = 'thecloud') => `${prefix}-${instanceId}`;

export interface ContainerSettings {
  hostId: string;
  /** What its name begins with; `thecloud` unless told. */
  prefix?: string | undefined;
  /** Address of this host that published ports listen on. */
  publishAddress: string;
  /** Give it a small init as process 1, which reaps zombies and hands signals on. Needs docker-init beside dockerd. */
  init: boolean;
}

/** The locked-down container of an instance. Docker's default seccomp profile applies because none is named. */
export function containerOptions(
  spec: DriverSpec,
  settings: ContainerSettings,
): Docker.ContainerCreateOptions {
  const bindings = spec.ports.map((p) => ({
    inside: `${p.containerPort}/${p.protocol}`,
    outside: String(p.hostPort),
  }));
  return {
    name: containerName(spec.id, settings.prefix),
    Image: spec.image,
    // With an entrypoint given, Docker leaves out the image's command; one empty string takes the image's away.
    Entrypoint: spec.entrypoint.length ? [...spec.entrypoint] : undefined,
    Cmd: spec.command.length ? [...spec.command] : undefined,
    Env: Object.entries(spec.env).map(([key, value]) => `${key}=${value}`),
    Hostname: spec.hostname,
    Labels: {
      [labels.instanceId]: spec.id,
      [labels.hostId]: settings.hostId,
      [labels.generation]: String(spec.generation),
      [labels.specHash]: spec.specHash,
      [labels.restartNonce]: String(spec.restartNonce),
      [labels.projectId]: spec.projectId,
      [labels.onHostLoss]: spec.onHostLoss,
    },
    // An image's own would run beside the program, outside the limits of its size. Nothing here reads its outcome.
    Healthcheck: { Test: ['NONE'] },
    ExposedPorts: Object.fromEntries(bindings.map((b) => [b.inside, {}])),
    HostConfig: {
      PortBindings: portBindings(bindings, settings.publishAddress),
      Privileged: false,
      ReadonlyRootfs: false,
      SecurityOpt: ['no-new-privileges'],
      CapDrop: ['ALL'],
      CapAdd: CAPABILITIES,
      Init: settings.init,
      Memory: spec.memoryMib * MIB,
      MemorySwap: spec.memoryMib * MIB, // memory and swap together: no swap
      // A quota, not NanoCpus: Docker refuses NanoCpus above the machine's own CPUs, and vCPUs may be overcommitted.
      CpuPeriod: CPU_PERIOD_US,
      CpuQuota: Math.round((spec.cpuMillicores * CPU_PERIOD_US) / 1_000),
      PidsLimit: spec.pids,
      LogConfig: logConfig,
      // The agent alone restarts (see core/plan.ts).
      RestartPolicy: { Name: 'no' },
    },
  };
}

type Bindings = Record<string, Array<{ HostIp: string; HostPort: string }>>;

function portBindings(ports: Array<{ inside: string; outside: string }>, address: string): Bindings {
  const bindings: Bindings = {};
  for (const { inside, outside } of ports)
    (bindings[inside] ??= []).push({ HostIp: address, HostPort: outside });
  return bindings;
}

/** Docker's states; restarting never happens to ours, removing and dead are beyond use. */
export function phaseOf(state: string): DriverPhase {
  if (state === 'created' || state === 'running' || state === 'paused' || state === 'exited') return state;
  return 'broken';
}

export function seenFrom(id: string, info: Docker.ContainerInspectInfo): SeenInstance {
  const phase = phaseOf(info.State.Status);
  const marks = info.Config.Labels;
  return {
    id,
    phase,
    exitCode: phase === 'exited' ? info.State.ExitCode : undefined,
    startedAt: time(info.State.StartedAt),
    finishedAt: phase === 'exited' ? time(info.State.FinishedAt) : undefined,
    // Docker's mark stands for any process in there. Another code than SIGKILL's says that the program was not killed;
    // with that code it was, or passed on that of its child: neither Docker nor its small init tells them apart.
    outOfMemory: phase === 'exited' && info.State.OOMKilled && info.State.ExitCode === KILLED,
    generation: Number(marks[labels.generation] ?? 0),
    restartNonce: Number(marks[labels.restartNonce] ?? 0),
    specHash: marks[labels.specHash] ?? '',
  };
}

/** Docker says year 1 where there is no time yet. */
function time(text: string): Date | undefined {
  const date = new Date(text);
  return date.getTime() > 0 ? date : undefined;
}
