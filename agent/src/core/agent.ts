import { setInterval } from 'node:timers';
import { errors } from '../errors';
import { accept } from './accept';
import { Dependencies } from './dependencies';
import type { DriverHealth } from './driver';
import { DRIVER_UNAVAILABLE, DriverError } from './driver-error';
import { Engines } from './engines';
import type { EngineState } from './engines';
import type { Journal } from './journal';
import type { Kind } from './kind';
import { defaultDriver } from './kinds';
import type { Kinds } from './kinds';
import type { Observation, Observations } from './observations';
import type { Order } from './order';
import { FAILED } from './phases';
import { nameOf, Reconciler } from './reconciler';
import type { ReconcilerDeps } from './reconciler.deps';
import { generationOf, isTombstone } from './record';
import { keyOf, refOf } from './thing';
import type { Ref } from './thing';
import { WorkQueue } from './work-queue';

/** Things worked on at the same time; more only makes the engines' own queues longer. */
const CONCURRENCY = 8;
/** Everything is compared with the engines this often, in ms, should an event ever be lost. */
const RESYNC_MS = 30_000;
/** An absent thing's record is kept this long to refuse late orders, in ms. */
const TOMBSTONE_MS = 24 * 3_600_000;

export interface AgentDeps {
  readonly kinds: Kinds;
  readonly journal: Journal;
  readonly observations: Observations;
  fenced: ReconcilerDeps['fenced'];
  now(): number;
  readonly log: ReconcilerDeps['log'] & { error(o: object, text: string): void };
  readonly resyncMs?: number | undefined;
}

/** How a driver of the host is, when asked. */
export interface AskedDriver {
  readonly kind: Kind;
  readonly driver: string;
  readonly health: DriverHealth;
}

/** One host: takes orders, makes them true, tells what it sees. */
export class Agent {
  readonly #engines: Engines;
  readonly #dependencies: Dependencies;
  readonly #reconciler: Reconciler;
  readonly #queue: WorkQueue;
  readonly #stop: Array<() => void> = [];
  #timer: NodeJS.Timeout | undefined;
  #resyncing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(private readonly d: AgentDeps) {
    this.#engines = new Engines(d.kinds, d);
    this.#dependencies = new Dependencies(d);
    const wake = (refs: readonly Ref[]) => refs.forEach((ref) => this.#queue.add(keyOf(ref)));
    const driverOf = (ref: Ref) => this.driverOf(ref);
    this.#reconciler = new Reconciler({ ...d, dependencies: this.#dependencies, driverOf, wake });
    this.#stop.push(d.observations.subscribe((one) => wake(this.#dependencies.affected(one))));
    this.#queue = new WorkQueue(
      CONCURRENCY,
      (key, signal) => this.#reconciler.reconcile(refOf(key), signal),
      (key, error) =>
        d.log.error({ ...nameOf(refOf(key)), err: error }, 'unexpected error; it is tried again'),
    );
  }

  /**
   * Looks at all of the host before it does anything, so that the first report is complete; then re-adopts what is
   * there, finishes what is half made and makes what should be. What is as ordered is not touched.
   */
  async start(): Promise<void> {
    const found = await this.#survey();
    for (const engine of this.#engines.all) {
      const kind = engine.kind.name;
      const heard = (id?: string) => (id ? this.#queue.add(keyOf({ kind, id })) : this.#resync(true, engine));
      this.#stop.push(engine.driver.watch(heard));
    }
    this.reconsider();
    for (const ref of found) if (!this.d.journal.get(ref)) this.#queue.add(keyOf(ref)); // orphans
    this.#timer = setInterval(() => this.#resync(false), this.d.resyncMs ?? RESYNC_MS);
  }

  /** @throws CloudError STALE_EPOCH, STALE_GENERATION, GENERATION_REUSED, KIND_UNKNOWN, DRIVER_UNKNOWN, DRIVER_CHANGED */
  async apply(asked: Order): Promise<Observation> {
    const kind = this.d.kinds.of(asked);
    const order = { ...asked, driver: this.#driverFor(kind, asked) };
    const news = await accept(this.d.journal, kind, order);
    const record = this.d.journal.get(order);
    if (news && record) this.#dependencies.note(record);
    const now = this.observe(order);
    if (news) {
      this.#queue.interrupt(keyOf(order));
      for (const ref of this.#dependencies.affected(order)) this.#queue.add(keyOf(ref)); // it may be here to stay again, or about to go
    }
    return now;
  }

  /** One that nothing is known of is absent, with generation 0. */
  observe(ref: Ref): Observation {
    const known = this.d.observations.get(ref);
    if (known) return known;
    const record = this.d.journal.get(ref);
    const description = this.d.kinds.of(ref).describe(record, undefined);
    const generation = generationOf(record);
    const { kind, id } = ref;
    return { kind, id, generation, driver: this.driverOf(ref), progress: '', ...description, sequence: 0n };
  }

  /** All of a kind that is on the host or in its journal. */
  list(kind: string): Observation[] {
    const seen = this.d.observations.all().filter((one) => one.kind === kind);
    const known = new Set(seen.map(({ id }) => id));
    const unseen = this.d.journal.all().filter(({ order }) => order.kind === kind && !known.has(order.id));
    return [...seen, ...unseen.map(({ order }) => this.observe(order))];
  }

  /** By name: the driver that has it, or is to make it. */
  driverOf(ref: Ref): string {
    const ordered = this.d.journal.get(ref)?.order.driver;
    return ordered || (this.#engines.locate(ref) ?? defaultDriver(this.d.kinds.of(ref)));
  }

  /** Has all be looked at again: what held it back may be over. */
  reconsider(): void {
    for (const { order } of this.d.journal.all())
      if (this.d.kinds.find(order.kind)) this.#queue.add(keyOf(order));
  }

  /** Asks every driver. While one does not answer, nobody knows how its things are: each says so. */
  async health(): Promise<AskedDriver[]> {
    return Promise.all(
      this.#engines.all.map(async (engine) => {
        const { health, isBack } = await this.#engines.ask(engine);
        if (isBack) this.#resync(true, engine);
        if (!health.ok) this.#tellBlind(engine, health.why);
        return { kind: engine.kind, driver: engine.driver.name, health };
      }),
    );
  }

  /** Ends what is being done and writes no more. What is on the host stays as it is. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const stop of this.#stop) stop();
    await this.#queue.close();
    await this.#resyncing;
    await this.d.journal.close();
  }

  /** What it has had so far stays with the driver that has it. */
  #driverFor(kind: Kind, order: Order): string {
    const before = this.d.journal.get(order);
    const isThere = before ? before.goneAt === undefined : this.#engines.locate(order) !== undefined;
    const had = isThere ? this.driverOf(order) : undefined;
    const driver = order.driver || (had ?? defaultDriver(kind));
    if (!kind.drivers.has(driver))
      throw errors.DRIVER_UNKNOWN({ driver, kind: kind.name, known: [...kind.drivers.keys()].join(', ') });
    if (had !== undefined && had !== driver) throw errors.DRIVER_CHANGED({ id: order.id, had, driver });
    return driver;
  }

  #tellBlind({ kind, driver }: EngineState, why: string): void {
    for (const known of this.d.observations.all())
      if (known.kind === kind.name && known.driver === driver.name && kind.isReady(known))
        this.d.observations.publish({ ...known, problemReason: DRIVER_UNAVAILABLE, problemMessage: why });
  }

  /** Answers with all that there is. */
  async #survey(): Promise<Ref[]> {
    const refs = new Map<string, Ref>();
    const blind = new Set<string>();
    for (const engine of this.#engines.all) {
      const listed = await this.#engines.list(engine);
      if (!listed) blind.add(`${engine.kind.name} ${engine.driver.name}`);
      for (const { id } of listed ?? [])
        refs.set(keyOf({ kind: engine.kind.name, id }), { kind: engine.kind.name, id });
    }
    for (const { order } of this.d.journal.all())
      if (this.d.kinds.find(order.kind)) refs.set(keyOf(order), { kind: order.kind, id: order.id });
    const waiting = [...refs.values()];
    const surveyor = async () => {
      for (let ref = waiting.pop(); ref; ref = waiting.pop())
        await this.#surveyOne(ref, blind.has(`${ref.kind} ${this.driverOf(ref)}`));
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, surveyor));
    if (blind.size === 0) this.#reconciler.surveyed();
    return [...refs.values()];
  }

  /** Without an engine to ask, what the journal knows is told together with the problem. */
  async #surveyOne(ref: Ref, blind: boolean): Promise<void> {
    const kind = this.d.kinds.of(ref);
    const record = this.d.journal.get(ref);
    const driver = this.driverOf(ref);
    try {
      if (blind && record?.goneAt === undefined)
        throw new DriverError(DRIVER_UNAVAILABLE, `The ${driver} engine of this host does not answer.`, true);
      await this.#reconciler.observe(ref, blind ? undefined : await kind.inspect(driver, ref.id));
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      const generation = generationOf(record);
      const problem = { reason: error.reason, message: error.message };
      const description = kind.describe(record, undefined, problem);
      const phase = generation > 0 ? FAILED : description.phase;
      this.d.observations.publish({ ...ref, generation, driver, progress: '', ...description, phase });
    }
  }

  /** everything: look at all anew, because changes may have been missed; otherwise only at what differs. */
  #resync(everything: boolean, ...only: EngineState[]): void {
    const engines = only.length > 0 ? only : this.#engines.all;
    this.#resyncing = this.#resyncing
      .then(async () => {
        for (const engine of engines) await this.#compare(engine, everything);
      })
      .catch((error: unknown) => this.d.log.error({ err: error }, 'resync failed; the next one comes'));
  }

  async #compare(engine: EngineState, everything: boolean): Promise<void> {
    if (this.#closed) return;
    const listed = await this.#engines.list(engine);
    if (!listed) return;
    const kind = engine.kind.name;
    const phases = new Map(listed.map((l) => [l.id, l.phase]));
    const known = this.d.observations.all().filter((o) => o.kind === kind && o.driver === engine.driver.name);
    for (const id of new Set([...phases.keys(), ...known.map((o) => o.id)])) {
      const ref = { kind, id };
      if (!phases.has(id) && this.d.journal.get(ref)?.goneAt !== undefined) continue;
      if (everything || phases.get(id) !== this.#reconciler.lastPhase(ref)) this.#queue.add(keyOf(ref));
    }
    await this.#prune(engine, new Set(phases.keys()));
  }

  async #prune({ kind, driver }: EngineState, present: ReadonlySet<string>): Promise<void> {
    const old = this.d.now() - TOMBSTONE_MS;
    for (const record of this.d.journal.all()) {
      const ref = { kind: record.order.kind, id: record.order.id };
      if (ref.kind !== kind.name || !isTombstone(record, old)) continue;
      if (this.driverOf(ref) !== driver.name || present.has(ref.id)) continue;
      await this.d.journal.update(ref, (now) => (now && isTombstone(now, old) ? undefined : now));
      this.d.observations.forget(ref);
      this.#reconciler.forget(ref);
      this.#engines.forget(ref);
      this.#dependencies.forget(ref);
    }
  }
}
