import type { Epoch } from '@thecloud/reconcile';
import type { Database, PgWorkSource, Tx } from '@thecloud/service-kit';
import type { PublishedPort } from '../instance/instance';
import { bindPorts } from './bind-ports';
import { Fleet, sayRefused } from './choose';
import type { Choice, Request } from './choose';
import { placementRepo } from './placement.repo';

/** An instance that needs a host. */
export interface PlacementRequest {
  readonly id: string;
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly ports: readonly PublishedPort[];
}

export type Placement =
  | { readonly placed: true }
  /** `passing`: a host may be along shortly (one is not ready, or another scheduler was faster). */
  | { readonly placed: false; readonly why: string; readonly passing: boolean };

interface Waiting {
  readonly request: PlacementRequest;
  readonly epoch: Epoch;
  resolve(placement: Placement): void;
  reject(cause: unknown): void;
}

const LARGEST_BATCH = 500;

/** Requests that arrive while a batch is being committed form the next one. */
export class Placer {
  #waiting: Waiting[] = [];
  #draining = false;

  constructor(
    private readonly db: Database,
    private readonly work: PgWorkSource,
  ) {}

  place(request: PlacementRequest, epoch: Epoch): Promise<Placement> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, epoch, resolve, reject });
      if (!this.#draining) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, LARGEST_BATCH);
      try {
        const placements = await this.#placeBatch(batch);
        batch.forEach((w, i) => w.resolve(placements[i] ?? LOST_RACE));
      } catch (cause) {
        for (const w of batch) w.reject(cause);
      }
    }
    this.#draining = false;
  }

  async #placeBatch(batch: readonly Waiting[]): Promise<Placement[]> {
    const ports = batch.flatMap((w) => w.request.ports.map((p) => p.hostPort)).filter((p) => p !== 0);
    const fleet = new Fleet(await this.db.read('system', (tx) => placementRepo.fleet(tx, ports)));
    const choices = batch.map(({ request }) => ({ request, choice: fleet.choose(asked(request)) }));
    const chosen = choices.flatMap(({ request, choice }) =>
      'hostId' in choice ? [{ ...request, hostId: choice.hostId }] : [],
    );
    const epoch = batch[0]?.epoch ?? 0n;
    const committed = chosen.length
      ? await this.work.fenced('instance', epoch, (tx) => commit(tx, chosen))
      : new Set<string>();
    return choices.map(({ request, choice }) => verdict(request, choice, committed));
  }
}

const LOST_RACE: Placement = {
  placed: false,
  why: 'Another placement was faster; choosing again.',
  passing: true,
};

function verdict(request: PlacementRequest, choice: Choice, committed: ReadonlySet<string>): Placement {
  if ('refused' in choice)
    return { placed: false, why: sayRefused(choice.refused), passing: 'not ready' in choice.refused };
  return committed.has(request.id) ? { placed: true } : LOST_RACE;
}

async function commit(
  tx: Tx,
  chosen: ReadonlyArray<PlacementRequest & { hostId: string }>,
): Promise<Set<string>> {
  const placed = await placementRepo.commit(tx, chosen);
  for (const { id, hostId, ports } of chosen) {
    if (!placed.has(id) || ports.length === 0) continue;
    const conflict = await bindPorts(tx, hostId, id, ports);
    if (conflict !== undefined) throw new PortConflict(conflict); // the whole batch is chosen for again, from fresh facts
  }
  return placed;
}

class PortConflict extends Error {
  constructor(port: number) {
    super(`host port ${port} was taken meanwhile`);
  }
}

function asked({ id, vcpus, memoryMib, ports }: PlacementRequest): Request {
  return {
    id,
    vcpus,
    memoryMib,
    ports: ports.filter((p) => p.hostPort !== 0).map((p) => `${p.protocol}/${p.hostPort}`),
  };
}
