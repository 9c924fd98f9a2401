/**
 * joining: announced, never seen. suspect: its agent is silent. dead: for so long that its instances are moved. removed:
 * told once, of a row that is gone.
 */
export type HostState = 'joining' | 'ready' | 'suspect' | 'dead' | 'removed';

/** What placement knows of a host. Capacity in thousandths of a vCPU (overcommit included) and MiB. */
export interface HostCapacity {
  readonly id: string;
  readonly name: string;
  readonly schedulable: boolean;
  /** Why not, when it is not: "cordoned", "not ready". */
  readonly obstacle: string;
  readonly cpuMillicores: number;
  readonly memoryMib: number;
  readonly freeCpuMillicores: number;
  readonly freeMemoryMib: number;
}

/** What placement remembers of a host: besides, where its agent is, which of the ports asked for are taken, and how many are left. */
export interface KnownHost extends HostCapacity {
  readonly agentEndpoint: string;
  /** "tcp/8080". */
  readonly taken: readonly string[];
  /** Of those that the cloud chooses from. */
  readonly portsLeft: Readonly<Record<'tcp' | 'udp', number>>;
}
