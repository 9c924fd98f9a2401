import type { HostCapacity, KnownHost } from '../host/host';
import type { RangeUse } from './port-range';

/** What an instance needs of a host. */
export interface Request {
  readonly id: string;
  readonly cpuMillicores: number;
  readonly memoryMib: number;
  /** "tcp/8080": host ports it insists on. */
  readonly ports: readonly string[];
  /** By protocol. */
  readonly ofRange: readonly RangeUse[];
}

export type Choice =
  | { readonly host: { readonly id: string; readonly agentEndpoint: string } }
  /** Why not, by how many hosts: { "not enough memory": 3, "cordoned": 1 }. */
  | { readonly refused: Readonly<Record<string, number>> };

type Room = Omit<KnownHost, 'freeCpuMillicores' | 'freeMemoryMib' | 'taken' | 'portsLeft'> & {
  freeCpuMillicores: number;
  freeMemoryMib: number;
  /** See roomOf; kept, because a choice compares that of all hosts. */
  room: number;
  readonly taken: Set<string>;
  readonly portsLeft: { -readonly [P in keyof KnownHost['portsLeft']]: number };
};

/** Hosts as they are remembered from batch to batch: each choice takes from them. */
export class Fleet {
  readonly #hosts: Room[];

  constructor(hosts: readonly KnownHost[]) {
    this.#hosts = hosts.map((h) => ({
      ...h,
      room: roomOf(h),
      taken: new Set(h.taken),
      portsLeft: { ...h.portsLeft },
    }));
  }

  /** The host with the most room left by share, so that load spreads; ties go by id, so that a choice can be repeated. */
  choose(request: Request): Choice {
    let best: Room | undefined;
    for (const host of this.#hosts) {
      // What has less room than the best so far need not be asked what else it lacks.
      if (best && (host.room < best.room || (host.room === best.room && host.id > best.id))) continue;
      if (!obstacleOf(host, request)) best = host;
    }
    if (!best) return { refused: this.#whyNot(request) };
    best.freeCpuMillicores -= request.cpuMillicores;
    best.freeMemoryMib -= request.memoryMib;
    best.room = roomOf(best);
    for (const port of request.ports) best.taken.add(port);
    for (const { protocol, chosen, named } of request.ofRange) best.portsLeft[protocol] -= chosen + named;
    return { host: { id: best.id, agentEndpoint: best.agentEndpoint } };
  }

  #whyNot(request: Request): Record<string, number> {
    const refused: Record<string, number> = {};
    for (const host of this.#hosts) {
      const obstacle = obstacleOf(host, request) ?? '';
      refused[obstacle] = (refused[obstacle] ?? 0) + 1;
    }
    return refused;
  }
}

function obstacleOf(host: Room, request: Request): string | undefined {
  if (!host.schedulable) return host.obstacle;
  if (host.freeMemoryMib < request.memoryMib) return 'not enough memory';
  if (host.freeCpuMillicores < request.cpuMillicores) return 'not enough CPU';
  if (request.ports.some((port) => host.taken.has(port))) return 'host port taken';
  if (request.ofRange.some((use) => use.chosen > 0 && host.portsLeft[use.protocol] < use.chosen + use.named))
    return 'too few host ports left to choose from';
  return undefined;
}

/** The scarcer of the two, as a share of the whole. */
function roomOf(
  host: Pick<HostCapacity, 'cpuMillicores' | 'memoryMib' | 'freeCpuMillicores' | 'freeMemoryMib'>,
): number {
  return Math.min(host.freeCpuMillicores / host.cpuMillicores, host.freeMemoryMib / host.memoryMib);
}

/** "3 hosts: not enough memory; 1 host: cordoned", for the person who asked. */
export function sayRefused(refused: Readonly<Record<string, number>>): string {
  const reasons = Object.entries(refused).sort(([, a], [, b]) => b - a);
  if (reasons.length === 0) return 'This cloud has no host yet.';
  return `${reasons.map(([reason, n]) => `${n} host${n === 1 ? '' : 's'}: ${reason}`).join('; ')}.`;
}
