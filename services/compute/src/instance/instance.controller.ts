import type { agentV1 } from '@thecloud/api';
import { again, settled } from '@thecloud/reconcile';
import type { Outcome, Reconciler, Term } from '@thecloud/reconcile';
import type { Database, Operations, PgWorkSource, Tx } from '@thecloud/service-kit';
import type { Agents } from '../host/agents';
import { hostRepo } from '../host/host.repo';
import { findInstanceType, PIDS_PER_VCPU } from '../instance-type/instance-type';
import { placementRepo } from '../placement/placement.repo';
import type { Placer } from '../placement/placer';
import { adviceFor } from './instance.advice';
import { KEEP, plan } from './instance.plan';
import type { Plan } from './instance.plan';
import { instanceRepo } from './instance.repo';
import type { InstanceRow, InstanceView } from './instance.repo';
import { observeInstance } from './observe-instance';
import { parseOrphan } from './orphan';
import type { Orphan } from './orphan';

export interface InstanceControllerDeps {
  readonly db: Database;
  readonly work: PgWorkSource;
  readonly operations: Operations;
  readonly placer: Placer;
  readonly agents: Agents;
  readonly changed: (tx: Tx, row: InstanceRow) => Promise<void>;
}

const AGENT_CALL_MS = 5_000;
/** An unplaceable instance whose obstacle may pass is tried this long before it fails. */
const PLACE_FOR_MS = 30_000;
/** While something is under way its report wakes us; this is for a report that was lost. */
const LOOK_AGAIN_MS = 5_000;
/** Of what no longer exists: ids are not used again, so no later order can bear it. */
const LAST_GENERATION = 2 ** 32 - 1;

/** Makes each instance what is wanted of it: finds a host, tells its agent, and says how it stands. */
export class InstanceController implements Reconciler {
  readonly name = 'instance';
  readonly resyncMs = 60_000;
  readonly deadlineMs = 20_000;
  readonly concurrency = 32;

  constructor(private readonly d: InstanceControllerDeps) {}

  async reconcile(id: string, term: Term): Promise<Outcome> {
    const orphan = parseOrphan(id);
    if (orphan) return this.#removeOrphan(orphan, id, term);
    const { row, hostLost } = await this.#look(id);
    if (!row) {
      await this.d.work.fenced(this.name, term.epoch, (tx) => this.d.work.forget(tx, this.name, id));
      return settled;
    }
    const next = plan({ ...row, hostLost, ranForMs: ranForMs(row) });
    if (next.action === 'place') return this.#place(row, next, term);
    if (next.action === 'purge') return this.#purge(row, term);
    if (next.action === 'displace') return this.#displace(row, next, term);
    if (!(await this.#save(row, next, term))) return again(0);
    if (next.action === 'apply') return this.#apply(row, term);
    return next.step ? again(next.lookAgainMs ?? LOOK_AGAIN_MS) : settled;
  }

  async #look(id: string): Promise<{ row?: InstanceView; hostLost: boolean }> {
    return this.d.db.read('system', async (tx) => {
      const row = await instanceRepo.find(tx, id);
      const on = row?.hostId ? await hostRepo.find(tx, row.hostId) : undefined;
      return { row, hostLost: on?.state === 'dead' };
    });
  }

  /** Gives back all it has of a host that is lost; from then on it is one that was never placed. */
  async #displace(row: InstanceView, next: Plan, term: Term): Promise<Outcome> {
    await this.d.work.fenced(this.name, term.epoch, async (tx) => {
      const locked = await instanceRepo.lock(tx, row.id);
      if (!locked?.hostId || locked.version !== row.version) return;
      if (!(await hostRepo.isLost(tx, locked.hostId))) return; // it has just returned, and has been told what is its own
      await placementRepo.release(tx, locked);
      const { state, reason, message } = next;
      const { desired } = locked;
      const displaced = {
        ...{ state, reason, message, hostId: null, seen: null, seenSequence: 0, keptGeneration: 0 },
        // Two: the one between orders the lost host to remove what it has, and no later order bears that number.
        generation: locked.generation + 2,
      };
      const operationId =
        desired === 'running' ? await this.#explain(tx, locked, message) : locked.operationId;
      await this.d.changed(tx, await instanceRepo.update(tx, row.id, { ...displaced, operationId }));
    });
    return again(0);
  }

  /** What its owner finds when it is suddenly elsewhere: an operation, unless one is under way. Its id. */
  async #explain(tx: Tx, row: InstanceRow, message: string): Promise<string> {
    const { operations } = this.d;
    const { id, projectId } = row;
    const operationId = (await operations.isOpen(tx, row.operationId))
      ? row.operationId
      : await operations.begin(tx, { requestId: '' }, projectId, 'instance.evacuate', id, 'leave lost host');
    await operations.step(tx, operationId, 'leave lost host', message);
    return operationId;
  }

  async #place(row: InstanceView, next: Plan, term: Term): Promise<Outcome> {
    if (!(await this.#save(row, next, term))) return again(0);
    const type = findInstanceType(row.type);
    const placement = await this.d.placer.place(
      { id: row.id, vcpus: type?.vcpus ?? 1, memoryMib: type?.memoryMib ?? 1, ports: row.ports },
      term.epoch,
    );
    if (placement.placed) return again(0);
    const waited = Date.now() - row.updatedAt.getTime();
    if (placement.passing && waited < PLACE_FOR_MS) return again(500);
    const failed: Plan = {
      action: 'none',
      state: 'failed',
      reason: 'NO_CAPACITY',
      message: `No host fits. ${placement.why}`,
      outcome: 'failed',
    };
    const fresh = await this.d.db.read('system', (tx) => instanceRepo.find(tx, row.id));
    const unchanged = fresh?.generation === row.generation && !fresh.hostId;
    return unchanged && (await this.#save(fresh, failed, term)) ? settled : again(0);
  }

  async #apply(row: InstanceView, term: Term): Promise<Outcome> {
    const placed = await this.d.db.read('system', (tx) => hostRepo.find(tx, row.hostId ?? ''));
    if (!placed?.agentEndpoint) return again(1_000);
    const observed = await this.d.agents.at(placed.agentEndpoint).applyInstance(order(row, term), {
      timeoutMs: AGENT_CALL_MS,
      signal: term.signal,
      parent: { requestId: row.operationId },
    });
    await this.d.work.fenced(this.name, term.epoch, (tx) => observeInstance(tx, placed.id, observed));
    // Journaled but not yet carried out: the host's report wakes us.
    return again(observed.generation < row.generation ? LOOK_AGAIN_MS : 0);
  }

  async #purge(row: InstanceView, term: Term): Promise<Outcome> {
    await this.d.work.fenced(this.name, term.epoch, async (tx) => {
      const locked = await instanceRepo.lock(tx, row.id);
      if (!locked || locked.desired !== 'absent') return;
      await placementRepo.release(tx, locked);
      await this.d.operations.succeed(tx, locked.operationId);
      await instanceRepo.purge(tx, locked);
      await this.d.work.forget(tx, this.name, row.id);
      await this.d.changed(tx, { ...locked, state: 'deleted' });
    });
    return settled;
  }

  async #removeOrphan({ instanceId, hostId }: Orphan, key: string, term: Term): Promise<Outcome> {
    const { row, on } = await this.d.db.read('system', async (tx) => {
      const [row, on] = await Promise.all([instanceRepo.find(tx, instanceId), hostRepo.find(tx, hostId)]);
      return { row, on };
    });
    if (on && row?.hostId !== hostId) {
      const agent = this.d.agents.at(on.agentEndpoint);
      const seen = await agent.observeInstance(
        { instanceId },
        { timeoutMs: AGENT_CALL_MS, signal: term.signal },
      );
      if (seen.phase !== 'absent') {
        const gone = {
          instanceId,
          generation: removalGeneration(seen.generation, row),
          epoch: term.epoch,
          desired: 'absent',
          config: undefined,
          restartNonce: 0,
          graceSeconds: 10,
        };
        await agent.applyInstance(gone, { timeoutMs: AGENT_CALL_MS, signal: term.signal });
        return again(2_000);
      }
    }
    await this.d.work.fenced(this.name, term.epoch, (tx) => this.d.work.forget(tx, this.name, key));
    return settled;
  }

  /** Saves what a plan says, if the row is still the one that was planned for. False: look again. */
  async #save(row: InstanceView, next: Plan, term: Term): Promise<boolean> {
    const reason = next.reason === KEEP ? row.reason : next.reason;
    const message = next.message === KEEP ? row.message : next.message;
    const observedGeneration = next.outcome ? row.generation : row.observedGeneration;
    const same =
      row.state === next.state &&
      row.reason === reason &&
      row.message === message &&
      row.observedGeneration === observedGeneration;
    if (same) return true;
    return this.d.work.fenced(this.name, term.epoch, async (tx) => {
      const locked = await instanceRepo.lock(tx, row.id);
      if (locked?.version !== row.version) return false;
      if (next.step) await this.d.operations.step(tx, row.operationId, next.step, message);
      if (next.outcome === 'succeeded') await this.d.operations.succeed(tx, row.operationId);
      if (next.outcome === 'failed')
        await this.d.operations.fail(tx, row.operationId, { reason, message, advice: adviceFor(reason) });
      await this.d.changed(
        tx,
        await instanceRepo.update(tx, row.id, { state: next.state, reason, message, observedGeneration }),
      );
      return true;
    });
  }
}

/**
 * Newer than what the host was ordered, which its facts may lag behind; older than any order that comes once it is
 * placed there again (see #displace).
 */
function removalGeneration(seen: number, row: InstanceView | undefined): number {
  return row ? Math.max(seen + 1, row.generation - 1) : LAST_GENERATION;
}

/** By the host's clock, or by ours if that one is ahead. */
function ranForMs({ seen, updatedAt }: InstanceView): number {
  const startedAt = seen?.startedAt ? Date.parse(seen.startedAt) : 0;
  return Date.now() - Math.min(startedAt, updatedAt.getTime());
}

/** The whole desired state, as the agent takes it. */
function order(row: InstanceView, term: Term): agentV1.ApplyInstanceRequest {
  const type = findInstanceType(row.type);
  return {
    instanceId: row.id,
    generation: row.generation,
    epoch: term.epoch,
    desired: row.desired,
    restartNonce: row.restartNonce,
    graceSeconds: row.graceSeconds,
    config: {
      image: row.imageReference,
      command: row.command,
      env: row.env,
      ports: row.bound.map(({ containerPort, hostPort, protocol }) => ({
        containerPort,
        hostPort,
        protocol,
      })),
      restartPolicy: row.restartPolicy,
      vcpus: type?.vcpus ?? 1,
      memoryMib: type?.memoryMib ?? 128,
      pids: PIDS_PER_VCPU * (type?.vcpus ?? 1),
      hostname: row.name,
      projectId: row.projectId,
      onHostLoss: row.onHostLoss,
    },
  };
}
