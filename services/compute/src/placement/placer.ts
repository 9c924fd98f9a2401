import { Batcher } from '@thecloud/kernel';
import type { Epoch } from '@thecloud/reconcile';
import type { Database, PgWorkSource, Tx } from '@thecloud/service-kit';
import type { PublishedPort } from '../instance/instance';
import { bindPorts } from './bind-ports';
import { Fleet, sayRefused } from './choose';
import type { Choice, Request } from './choose';
import { placementRepo } from './placement.repo';
import type { PlacedInstance } from './placement.repo';
import { rangeUse } from './port-range';

/** An instance that needs a host. */
export interface PlacementRequest {
  readonly id: string;
  readonly cpuMillicores: number;
  readonly memoryMib: number;
  readonly ports: readonly PublishedPort[];
}

export type Placement =
  /** The instance's version tells whether it is the one that was asked for. */
  | {
      readonly placed: true;
      readonly version: number;
      readonly host: { readonly id: string; readonly agentEndpoint: string };
    }
  /** `passing`: a host may be along shortly (one is not ready, or another scheduler was faster). */
  | { readonly placed: false; readonly why: string; readonly passing: boolean };

interface Asked {
  readonly request: PlacementRequest;
  readonly epoch: Epoch;
}

const LARGEST_BATCH = 500;
/** What is remembered of the hosts is read anew after this, in ms: what was released meanwhile is used again. */
const KEEP_MS = 2_000;
/** How often what was refused is chosen for again, from facts read anew. */
const ROUNDS = 3;

/**
 * Chooses hosts from memory, a batch at a time. Memory may be stale, because others place, release and cordon: a yes
 * holds only if the committing statement finds the room, and a no is said only of facts that were read after the asking.
 */
export class Placer {
  readonly #batches: Batcher<Asked, Placement>;
  #memory: { readonly fleet: Fleet; readonly epoch: Epoch; readonly readAt: number } | undefined;

  /** Announce: tells of those that were placed, in the transaction that placed them. */
  constructor(
    private readonly db: Database,
    private readonly work: PgWorkSource,
    private readonly announce: (tx: Tx, placed: readonly PlacedInstance[]) => Promise<void>,
  ) {
    this.#batches = new Batcher(LARGEST_BATCH, (batch) => this.#placeBatch(batch));
  }

  place(request: PlacementRequest, epoch: Epoch): Promise<Placement> {
    return this.#batches.add({ request, epoch });
  }

  async #placeBatch(batch: readonly Asked[]): Promise<Placement[]> {
    const epoch = batch.reduce((oldest, b) => (b.epoch < oldest ? b.epoch : oldest), batch[0]?.epoch ?? 0n);
    const verdicts = new Map<string, Placement>();
    let open = batch.map(({ request }) => request);
    try {
      for (let round = 0; round < ROUNDS && open.length > 0; round++) {
        const { fleet, fresh } = await this.#recall(open, epoch);
        const again: PlacementRequest[] = [];
        for (const [request, verdict] of await this.#try(open, fleet, epoch)) {
          verdicts.set(request.id, verdict);
          if (verdict === LOST_RACE || (!verdict.placed && !fresh)) again.push(request);
        }
        if (again.length > 0) this.#memory = undefined;
        open = again;
      }
    } catch (cause) {
      this.#memory = undefined; // what was taken from it may not have been committed
      throw cause;
    }
    return batch.map(({ request }) => verdicts.get(request.id) ?? LOST_RACE);
  }

  /** The hosts as remembered, or as they are when it is too long ago or somebody insists on a port. */
  async #recall(open: readonly PlacementRequest[], epoch: Epoch): Promise<{ fleet: Fleet; fresh: boolean }> {
    const ports = open.flatMap(({ ports }) => ports.map((p) => p.hostPort)).filter((p) => p !== 0);
    const now = performance.now();
    const kept = this.#memory;
    if (kept?.epoch === epoch && now - kept.readAt < KEEP_MS && ports.length === 0)
      return { fleet: kept.fleet, fresh: false };
    const fleet = new Fleet(await this.db.read('system', (tx) => placementRepo.fleet(tx, ports)));
    this.#memory = { fleet, epoch, readAt: now };
    return { fleet, fresh: true };
  }

  async #try(
    open: readonly PlacementRequest[],
    fleet: Fleet,
    epoch: Epoch,
  ): Promise<Array<[PlacementRequest, Placement]>> {
    const choices = open.map((request): [PlacementRequest, Choice] => [
      request,
      fleet.choose(asked(request)),
    ]);
    const chosen = choices.flatMap(([request, choice]) =>
      'host' in choice ? [{ ...request, hostId: choice.host.id }] : [],
    );
    const committed = chosen.length > 0 ? await this.#commit(chosen, epoch) : NOTHING;
    return choices.map(([request, choice]) => [request, verdict(request, choice, committed)]);
  }

  /** A port that was taken meanwhile undoes the batch, and all of it is chosen for again. */
  async #commit(chosen: readonly Chosen[], epoch: Epoch): Promise<Committed> {
    try {
      const placed = await this.work.fenced('instance', epoch, async (tx) => {
        const placed = await commit(tx, chosen);
        if (placed.length > 0) await this.announce(tx, placed);
        return placed;
      });
      return new Map(placed.map(({ id, version }) => [id, version]));
    } catch (cause) {
      if (cause instanceof PortConflict) return NOTHING;
      throw cause;
    }
  }
}

type Chosen = PlacementRequest & { readonly hostId: string };
/** The new versions of those that were placed, by id. */
type Committed = ReadonlyMap<string, number>;
const NOTHING: Committed = new Map();

const LOST_RACE: Placement = {
  placed: false,
  why: 'Another placement was faster; choosing again.',
  passing: true,
};

function verdict(request: PlacementRequest, choice: Choice, committed: Committed): Placement {
  if ('refused' in choice)
    return { placed: false, why: sayRefused(choice.refused), passing: 'not ready' in choice.refused };
  const version = committed.get(request.id);
  return version === undefined ? LOST_RACE : { placed: true, version, host: choice.host };
}

async function commit(tx: Tx, chosen: readonly Chosen[]): Promise<PlacedInstance[]> {
  const placed = await placementRepo.commit(tx, chosen);
  const ids = new Set(placed.map(({ id }) => id));
  const its = chosen.filter(({ id }) => ids.has(id));
  // What anybody of the batch insists on is not chosen for another.
  const insisting = its.map((c) => ({ ...c, ports: c.ports.filter((p) => p.hostPort !== 0) }));
  const choosing = its.filter((c) => c.ports.some((p) => p.hostPort === 0));
  for (const { id, hostId, ports } of [...insisting, ...choosing]) {
    const conflict = ports.length > 0 ? await bindPorts(tx, hostId, id, ports) : undefined;
    if (conflict !== undefined) throw new PortConflict(hostId, id, conflict);
  }
  return placed;
}

class PortConflict extends Error {
  constructor(hostId: string, instanceId: string, port: number) {
    super(
      `${port ? `host port ${port}` : 'the last host port'} of ${hostId} was taken before ${instanceId} got it`,
    );
  }
}

function asked({ id, cpuMillicores, memoryMib, ports }: PlacementRequest): Request {
  return {
    id,
    cpuMillicores,
    memoryMib,
    ports: ports.filter((p) => p.hostPort !== 0).map((p) => `${p.protocol}/${p.hostPort}`),
    ofRange: rangeUse(ports),
  };
}
