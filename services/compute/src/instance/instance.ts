export type Desired = 'running' | 'stopped' | 'absent';
export type RestartPolicy = 'always' | 'on-failure' | 'never';
export type OnHostLoss = 'restart' | 'keep';
export type Protocol = 'tcp' | 'udp';

export interface PublishedPort {
  readonly containerPort: number;
  /** 0: any free one. */
  readonly hostPort: number;
  readonly protocol: Protocol;
}

/** A published port that has its place on a host. */
export interface BoundPort extends PublishedPort {
  readonly address: string;
}

/** What a host last reported of an instance. Times in RFC 3339. */
export interface Seen {
  readonly generation: number;
  readonly phase: 'absent' | 'pulling' | 'creating' | 'running' | 'exited' | 'failed';
  readonly exitCode: number;
  readonly startedAt?: string;
  readonly restartCount: number;
  readonly problemReason: string;
  readonly problemMessage: string;
  /** With PORT_TAKEN, where the host says: the host port that something else holds. */
  readonly problemPort?: number;
  readonly progress: string;
  /** The driver that has it, where its agent says. */
  readonly driver?: string;
}

/** INVALID when a port is named twice: the pair that is, or undefined. */
export function repeatedPort(ports: readonly PublishedPort[]): string | undefined {
  const taken = new Set<string>();
  for (const { containerPort, hostPort, protocol } of ports) {
    for (const key of [
      `container ${containerPort}/${protocol}`,
      ...(hostPort ? [`host ${hostPort}/${protocol}`] : []),
    ]) {
      if (taken.has(key)) return key.replace(/^\w+ /, '');
      taken.add(key);
    }
  }
  return undefined;
}
