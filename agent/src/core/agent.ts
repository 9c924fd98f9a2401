import { setInterval } from 'node:timers';
import { DriverError } from './driver-error';
import type { DriverHealth, ListedInstance } from '../kinds/instance/ports/instance-driver';
import { accept } from './accept';
import { describe } from '../kinds/instance/describe';
import type { Observation } from './observations';
import type { Order } from '../kinds/instance/spec';
import { Reconciler } from './reconciler';
import type { ReconcilerDeps } from './reconciler.deps';
import { isTombstone } from './record';
import { WorkQueue } from './work-queue';

/** Instances worked on at the same time; more only makes the engine's own queue longer. */
const CONCURRENCY = 8;
/** Everything is compared with the engine this often, in ms, should an event ever be lost. */
const RESYNC_MS = 30_000;
/** An absent instance's record is kept this long to refuse late orders, in ms. */
const TOMBSTONE_MS = 24 * 3_600_000;

export interface AgentDeps extends ReconcilerDeps {
  log: ReconcilerDeps['log'] & { error(o: object, text: string): void };
  resyncMs?: number;
}

/** One host: takes orders, makes them true, tells what it sees. */
export class Agent {
  readonly #reconciler: Reconciler;
  readonly #queue: WorkQueue;
  #unwatch: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #resyncing: Promise<void> = Promise.resolve();
  #closed = false;
  /** The engine did not answer when last asked. */
  #blind = false;
  /** When it last did, or this agent began. */
  #sawAt: Date;

  constructor(private readonly d: AgentDeps) {
    this.#reconciler = new Reconciler(d);
    this.#sawAt = new Date(d.now());
    this.#queue = new WorkQueue(
      CONCURRENCY,
      (id, signal) => this.#reconciler.reconcile(id, signal),
      (id, error) => d.log.error({ instance: id, err: error }, 'unexpected error; it is tried again'),
    );
  }

  /**
   * Looks at all of the host before it does anything, so that the first report is complete; then re-adopts what runs,
   * finishes what is half made and starts what should run. Containers that are as ordered are not touched.
   */
  async start(): Promise<void> {
    await this.#survey();
    this.#unwatch = this.d.driver.watch((id) => (id ? this.#queue.add(id) : this.#resync(true)));
    for (const { order } of this.d.journal.all()) this.#queue.add(order.instanceId);
    this.#timer = setInterval(() => this.#resync(false), this.d.resyncMs ?? RESYNC_MS);
  }

  /** @throws CloudError STALE_EPOCH, STALE_GENERATION, GENERATION_REUSED */
  async apply(order: Order): Promise<Observation> {
    const news = await accept(this.d.journal, order);
    const now = this.observe(order.instanceId);
    if (news) this.#queue.interrupt(order.instanceId);
    return now;
  }

  /** One that nothing is known of is absent, with generation 0. */
  observe(instanceId: string): Observation {
    const known = this.d.observations.get(instanceId);
    return known ?? { ...describe(instanceId, this.d.journal.get(instanceId), undefined), sequence: 0n };
  }

  /** All that is on the host or in its journal. */
  list(): Observation[] {
    const seen = this.d.observations.all();
    const known = new Set(seen.map(({ instanceId }) => instanceId));
    const unseen = this.d.journal.all().filter(({ order }) => !known.has(order.instanceId));
    return [...seen, ...unseen.map(({ order }) => this.observe(order.instanceId))];
  }

  /** Has all be looked at again: what held it back may be over. */
  reconsider(): void {
    for (const { order } of this.d.journal.all()) this.#queue.add(order.instanceId);
  }

  /** Asks the engine. While it does not answer, nobody knows how its instances are: each says so. */
  async health(): Promise<DriverHealth> {
    const health = await this.d.driver.probe();
    if (health.ok && this.#blind) this.#resync(true);
    this.#blind = !health.ok;
    if (health.ok) {
      this.#sawAt = new Date(this.d.now());
      return health;
    }
    const why = `${health.why}. Not known since ${this.#sawAt.toISOString()}.`;
    this.#tellBlind(why);
    return { ok: false, why };
  }

  /** Ends what is being done and writes no more. What runs on the host keeps running. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#unwatch();
    await this.#queue.close();
    await this.#resyncing;
    await this.d.journal.close();
  }

  #tellBlind(why: string): void {
    for (const { sequence: _, ...known } of this.d.observations.all())
      if (known.phase === 'running' || known.phase === 'exited')
        this.d.observations.publish({ ...known, problemReason: 'DRIVER_UNAVAILABLE', problemMessage: why });
  }

  async #survey(): Promise<void> {
    const listed = await this.#listed();
    const ids = new Set([
      ...this.d.journal.all().map((r) => r.order.instanceId),
      ...(listed ?? []).map((l) => l.id),
    ]);
    const waiting = [...ids];
    const surveyor = async () => {
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop())
        await this.#surveyOne(id, listed === undefined);
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, surveyor));
    if (listed) this.#reconciler.surveyed();
  }

  /** Without an engine to ask, what the journal knows is told together with the problem. */
  async #surveyOne(id: string, blind: boolean): Promise<void> {
    try {
      if (blind && this.d.journal.get(id)?.goneAt === undefined)
        throw new DriverError(
          'DRIVER_UNAVAILABLE',
          'The container engine of this host does not answer.',
          true,
        );
      await this.#reconciler.observe(id, blind ? undefined : await this.d.driver.inspect(id));
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      const problem = { reason: error.reason, message: error.message };
      const facts = describe(id, this.d.journal.get(id), undefined, problem);
      this.d.observations.publish({ ...facts, phase: facts.generation ? 'failed' : facts.phase });
    }
  }

  /** everything: look at all anew, because changes may have been missed; otherwise only at what differs. */
  #resync(everything: boolean): void {
    this.#resyncing = this.#resyncing
      .then(() => this.#compare(everything))
      .catch((error: unknown) => this.d.log.error({ err: error }, 'resync failed; the next one comes'));
  }

  async #compare(everything: boolean): Promise<void> {
    if (this.#closed) return;
    const listed = await this.#listed();
    if (!listed) return;
    const phases = new Map(listed.map((l) => [l.id, l.phase]));
    const ids = new Set([...phases.keys(), ...this.d.observations.all().map((o) => o.instanceId)]);
    for (const id of ids) {
      if (!phases.has(id) && this.d.journal.get(id)?.goneAt !== undefined) continue;
      if (everything || phases.get(id) !== this.#reconciler.lastPhase(id)) this.#queue.add(id);
    }
    await this.#prune(new Set(phases.keys()));
  }

  async #prune(present: ReadonlySet<string>): Promise<void> {
    const old = this.d.now() - TOMBSTONE_MS;
    for (const record of this.d.journal.all()) {
      const id = record.order.instanceId;
      if (!isTombstone(record, old) || present.has(id)) continue;
      await this.d.journal.update(id, (now) => (now && isTombstone(now, old) ? undefined : now));
      this.d.observations.forget(id);
      this.#reconciler.forget(id);
    }
  }

  async #listed(): Promise<ListedInstance[] | undefined> {
    try {
      return await this.d.driver.list();
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      this.d.log.warn({ err: error }, 'the instances of this host cannot be listed');
      return undefined;
    }
  }
}
