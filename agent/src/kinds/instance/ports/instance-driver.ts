import type { Driver, Listed } from '../../../core/driver';

/** Every driver of instances there is. */
export type DriverName = 'docker' | 'noop';

/** What a driver makes a container or a machine from. Ports, memory and the like are already validated. */
export interface DriverSpec {
  readonly id: string;
  readonly generation: number;
  readonly restartNonce: number;
  /** Of everything that only a new container can change; see `specHash`. */
  readonly specHash: string;
  readonly image: string;
  /** Replaces the image's own and drops its command; empty: the image's own; one empty string: none. */
  readonly entrypoint: readonly string[];
  /** Empty: the image's own, unless there is an entrypoint. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly ports: readonly PortBinding[];
  /** Thousandths of a vCPU. */
  readonly cpuMillicores: number;
  readonly memoryMib: number;
  /** Most processes and threads at once. */
  readonly pids: number;
  readonly hostname: string;
  readonly projectId: string;
  readonly onHostLoss: 'restart' | 'keep';
}

export interface PortBinding {
  readonly containerPort: number;
  readonly hostPort: number;
  readonly protocol: 'tcp' | 'udp';
}

/** broken: half removed or otherwise beyond use; only `remove` helps. */
export type DriverPhase = 'created' | 'running' | 'paused' | 'exited' | 'broken';

/** What is on the host, as the engine tells it: facts and the marks we left when creating it. */
export interface SeenInstance extends ListedInstance {
  /** Of the last run; undefined unless exited. */
  readonly exitCode?: number;
  readonly startedAt?: Date;
  readonly finishedAt?: Date;
  readonly outOfMemory: boolean;
  readonly generation: number;
  readonly restartNonce: number;
  readonly specHash: string;
}

export interface ListedInstance extends Listed {
  readonly phase: DriverPhase;
}

/**
 * What the agent needs from a container engine or hypervisor, and no more. A driver carries out; it decides nothing
 * (restarts are decided in core). It sees only instances of its own host id. Every method is idempotent and bounded
 * in time; failures are `DriverError`, an abort rejects with the signal's reason.
 */
export interface InstanceDriver extends Driver {
  readonly name: DriverName;
  /** False: nothing stops what it runs when the host is silent, so that it is never started elsewhere. */
  readonly canFence?: boolean;
  list(): Promise<ListedInstance[]>;
  inspect(id: string): Promise<SeenInstance | undefined>;
  /**
   * After it an instance of that id exists; one that exists already is left as it is, whatever its spec.
   * @throws DriverError IMAGE_ABSENT when its image is not on this host, START_FAILED
   */
  create(spec: DriverSpec, signal: AbortSignal): Promise<void>;
  /** Runs it; a paused one resumes. @throws DriverError START_FAILED, PORT_TAKEN */
  start(id: string, signal: AbortSignal): Promise<void>;
  /** Asks it to end, and kills it after `graceMs`. Returns when it has ended, or does not exist. */
  stop(id: string, graceMs: number, signal: AbortSignal): Promise<void>;
  /** Removes it and its writable layer, even if it runs. */
  remove(id: string): Promise<void>;
  /** The last lines it wrote, at most `maxBytes` of them; empty when there are none. */
  tail(id: string, maxBytes: number): Promise<string>;
}
