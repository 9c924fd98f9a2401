import { Batcher } from '@thecloud/kernel';
import { again, settled } from '@thecloud/reconcile';
import type { Outcome, Reconciler, Term } from '@thecloud/reconcile';
import type { Database, Tx } from '@thecloud/service-kit';
import type { Agents } from '../host/agents';
import { hostRepo } from '../host/host.repo';
import { observedInstance } from '../host/observed-instance';
import { sizeOf } from '../instance-type/instance-type';
import { movePorts } from '../placement/move-ports';
import { placementRepo } from '../placement/placement.repo';
import type { Placer } from '../placement/placer';
import { INSTANCE, orderOf, removalOf } from './instance.order';
import { failedAs, isFenced, LOOK_AGAIN_MS, plan, ranForMs } from './instance.plan';
import type { Plan } from './instance.plan';
import { instanceRepo } from './instance.repo';
import type { InstanceRow, BoundInstance, Look } from './instance.repo';
import { Saves } from './instance.saves';
import type { SavesDeps } from './instance.saves';
import { observeInstances } from './observe-instance';
import { parseOrphan } from './orphan';
import type { Orphan } from './orphan';

/** Who is to be told what. */
interface Order {
  readonly row: BoundInstance;
  readonly host?: { readonly id: string; readonly agentEndpoint: string };
}

export interface InstanceControllerDeps extends SavesDeps {
  readonly db: Database;
  readonly placer: Placer;
  readonly agents: Agents;
}

const AGENT_CALL_MS = 5_000;
/** An unplaceable instance whose obstacle may pass is tried this long before it fails. */
const PLACE_FOR_MS = 30_000;
/** So many steps of one instance in a row, before it goes back to the queue. */
const MOST_STEPS = 5;
const LARGEST_LOOK = 200;

/** Makes each instance what is wanted of it: finds a host, tells its agent, and says how it stands. */
export class InstanceController implements Reconciler {
  readonly name = 'instance';
  readonly resyncMs = 60_000;
  readonly deadlineMs = 20_000;
  readonly concurrency = 64;
  /** What several keys need at the same time is read, and saved, together. */
  readonly #looks: Batcher<string, Look | undefined>;
  readonly #saves: Saves;

  constructor(private readonly d: InstanceControllerDeps) {
    this.#saves = new Saves(this.name, d);
    this.#looks = new Batcher(LARGEST_LOOK, (ids) => d.db.read('system', (tx) => instanceRepo.look(tx, ids)));
  }

  async reconcile(key: string, term: Term): Promise<Outcome> {
    const orphan = parseOrphan(key);
    if (orphan) return this.#removeOrphan(orphan, key, term);
    let outcome = again(0);
    for (let n = 0; n < MOST_STEPS && outcome.kind === 'again' && outcome.afterMs === 0; n++)
      outcome = await this.#step(key, term, n === 0 ? (term.fresh as Look | undefined) : undefined);
    return outcome;
  }

  /** Looks, and does the next thing. A look that is outdated comes to nothing, since its version is. */
  async #step(id: string, term: Term, fresh: Look | undefined): Promise<Outcome> {
    const look = fresh ?? (await this.#looks.add(id));
    if (!look) {
      await this.d.work.fenced(this.name, term.epoch, (tx) => this.d.work.forget(tx, this.name, id));
      return settled;
    }
    const { row, host } = look;
    const next = plan({
      ...row,
      hostLost: host?.state === 'dead',
      isFenced: isFenced(row, host?.unfencedDrivers ?? null),
      ranForMs: ranForMs(row),
    });
    if (next.action === 'place') return this.#place(row, next, term);
    if (next.action === 'purge') return this.#purge(row, term);
    if (next.action === 'move-ports') return this.#movePorts(row, next, term);
    if (next.action === 'displace') return this.#displace(row, next, term);
    if (next.action === 'apply') return this.#tell(look, next, term);
    if (!(await this.#saves.save(row, next, term.epoch))) return again(0);
    return next.step ? again(next.lookAgainMs ?? LOOK_AGAIN_MS) : settled;
  }

  /** Gives back all it has of a host that is lost; from then on it is one that was never placed. */
  async #displace(row: BoundInstance, next: Plan, term: Term): Promise<Outcome> {
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
      this.d.changed(tx, await instanceRepo.update(tx, row.id, { ...displaced, operationId }));
    });
    return again(0);
  }

  /** It was given a host port that something else holds: it gets another, as a new wish, or fails with what was seen. */
  async #movePorts(row: BoundInstance, next: Plan, term: Term): Promise<Outcome> {
    try {
      await this.d.work.fenced(this.name, term.epoch, async (tx) => {
        const locked = await instanceRepo.lock(tx, row.id);
        if (!locked?.hostId || locked.version !== row.version) return;
        const { id, hostId, operationId, generation, ports, seen } = locked;
        const stuck = { id, hostId, operationId, takenPort: seen?.problemPort };
        if (!(await movePorts(tx, stuck, ports))) throw new NoOtherPort();
        await this.d.operations.step(tx, operationId, 'choose another port', next.message);
        const told = { state: next.state, reason: '', message: '' };
        const change = { ...told, generation: generation + 1, seen: null };
        this.d.changed(tx, await instanceRepo.update(tx, id, change));
      });
    } catch (cause) {
      if (!(cause instanceof NoOtherPort)) throw cause;
      await this.#saves.save(row, failedAs(row.seen), term.epoch);
    }
    return again(0);
  }

  /** What its owner finds when it is suddenly elsewhere: an operation, unless one is under way. Its id. */
  async #explain(tx: Tx, row: InstanceRow, message: string): Promise<string> {
    const { operations } = this.d;
    const about = { kind: 'instance.evacuate', resource: row, step: 'leave lost host' };
    const operationId = (await operations.isOpen(tx, row.operationId))
      ? row.operationId
      : await operations.begin(tx, { requestId: '' }, about);
    await operations.step(tx, operationId, 'leave lost host', message);
    return operationId;
  }

  async #place(row: BoundInstance, next: Plan, term: Term): Promise<Outcome> {
    const saved = await this.#saves.save(row, next, term.epoch);
    if (!saved) return again(0);
    const placement = await this.d.placer.place({ id: row.id, ...sizeOf(row), ports: row.ports }, term.epoch);
    if (placement.placed) {
      const { host, version } = placement;
      // Another than was planned for, or with ports that it was given only then: to be looked at.
      if (version !== saved.version + 1 || row.ports.length > 0) return again(0);
      return this.#apply({ row: { ...saved, version, hostId: host.id, state: 'starting' }, host }, term);
    }
    const waited = Date.now() - row.updatedAt.getTime();
    if (waited < PLACE_FOR_MS && (placement.passing || (await this.#isRoomComing()))) return again(500);
    const failed: Plan = {
      action: 'none',
      state: 'failed',
      reason: 'NO_CAPACITY',
      message: `No host fits. ${placement.why}`,
      outcome: 'failed',
    };
    const fresh = await this.d.db.read('system', (tx) => instanceRepo.find(tx, row.id));
    const unchanged = fresh?.generation === row.generation && !fresh.hostId;
    return unchanged && (await this.#saves.save(fresh, failed, term.epoch)) ? settled : again(0);
  }

  /** An instance that is being deleted has its room until its host says that it is gone. */
  #isRoomComing(): Promise<boolean> {
    return this.d.db.read('system', (tx) => instanceRepo.isAnyLeaving(tx));
  }

  /**
   * The host is told while that is being saved: the order's epoch and generation keep out what is outdated. What the
   * host then reports may be stored first, and is looked at next.
   */
  async #tell(look: Look, next: Plan, term: Term): Promise<Outcome> {
    const [saved, applied] = await Promise.allSettled([
      this.#saves.save(look.row, next, term.epoch),
      this.#apply(look, term),
    ]);
    if (saved.status === 'rejected') throw saved.reason;
    if (!saved.value) return again(0);
    if (applied.status === 'rejected') throw applied.reason;
    return applied.value;
  }

  async #apply({ row, host }: Order, term: Term): Promise<Outcome> {
    if (!host?.agentEndpoint) return again(1_000);
    const answer = await this.d.agents.of(host).apply(orderOf(row, host.id, term.epoch), {
      timeoutMs: AGENT_CALL_MS,
      signal: term.signal,
      parent: { requestId: row.operationId },
    });
    const observed = observedInstance(answer);
    // Journaled but not yet carried out: the host's report wakes us.
    if (observed.generation < row.generation || observed.sequence <= row.seenSequence)
      return again(LOOK_AGAIN_MS);
    // Carried out before, and we have not heard of it.
    await this.d.work.fenced(this.name, term.epoch, (tx) =>
      observeInstances(this.d, tx, [{ hostId: host.id, observed }]),
    );
    return again(0);
  }

  async #purge(row: BoundInstance, term: Term): Promise<Outcome> {
    await this.d.work.fenced(this.name, term.epoch, async (tx) => {
      const locked = await instanceRepo.lock(tx, row.id);
      if (!locked || locked.desired !== 'absent') return;
      await placementRepo.release(tx, locked);
      await this.d.operations.succeed(tx, locked.operationId);
      await instanceRepo.purge(tx, locked);
      await this.d.work.forget(tx, this.name, row.id);
      this.d.changed(tx, {
        ...locked,
        state: 'deleted',
        reason: '',
        message: '',
        version: locked.version + 1,
      });
    });
    return settled;
  }

  async #removeOrphan({ instanceId, hostId }: Orphan, key: string, term: Term): Promise<Outcome> {
    const { row, on } = await this.d.db.read('system', async (tx) => {
      const [row, on] = await Promise.all([instanceRepo.find(tx, instanceId), hostRepo.find(tx, hostId)]);
      return { row, on };
    });
    if (on?.agentEndpoint && row?.hostId !== hostId) {
      const agent = this.d.agents.of(on);
      const seen = await agent.observe(
        { kind: INSTANCE, id: instanceId },
        { timeoutMs: AGENT_CALL_MS, signal: term.signal },
      );
      if (seen.phase !== 'absent') {
        const gone = removalOf({ instanceId, hostId, generation: seen.generation }, row, term.epoch);
        await agent.apply(gone, { timeoutMs: AGENT_CALL_MS, signal: term.signal });
        return again(2_000);
      }
    }
    await this.d.work.fenced(this.name, term.epoch, (tx) => this.d.work.forget(tx, this.name, key));
    return settled;
  }
}

/** Undoes the transaction that looked for one. */
class NoOtherPort extends Error {}
