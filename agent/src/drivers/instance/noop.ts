import { DriverError } from '../../ports/driver-error';
import type {
  DriverHealth,
  InstanceDriver,
  InstanceSpec,
  ListedInstance,
  OnChange,
  SeenInstance,
} from '../../ports/instance-driver';

interface Box {
  readonly spec: InstanceSpec;
  phase: 'created' | 'running' | 'exited';
  exitCode?: number;
  startedAt?: Date;
  finishedAt?: Date;
  outOfMemory: boolean;
  output: string;
  timer?: NodeJS.Timeout;
}

/**
 * A real driver over a Map: states, exits, exit codes and port conflicts are those of an engine, only nothing runs.
 * An instance runs until stopped, or ends by itself when its environment says so: NOOP_EXIT_AFTER_MS (0: at once) and
 * NOOP_EXIT_CODE (default 0). `die`, `vanish` and `outage` do what strangers and fate do to a real engine.
 */
export class NoopInstanceDriver implements InstanceDriver {
  readonly kind = 'noop';
  readonly #boxes = new Map<string, Box>();
  readonly #watchers = new Set<OnChange>();
  #outage = '';

  async probe(): Promise<DriverHealth> {
    return this.#outage ? { ok: false, why: this.#outage } : { ok: true, version: '1' };
  }

  async list(): Promise<ListedInstance[]> {
    this.#up();
    return [...this.#boxes.values()].map((b) => ({ id: b.spec.id, phase: b.phase }));
  }

  async inspect(id: string): Promise<SeenInstance | undefined> {
    this.#up();
    const box = this.#boxes.get(id);
    if (!box) return undefined;
    const { generation, restartNonce, specHash } = box.spec;
    const { phase, exitCode, startedAt, finishedAt, outOfMemory } = box;
    return { id, phase, exitCode, startedAt, finishedAt, outOfMemory, generation, restartNonce, specHash };
  }

  async create(spec: InstanceSpec, signal: AbortSignal): Promise<void> {
    this.#up();
    signal.throwIfAborted();
    if (this.#boxes.has(spec.id)) return;
    this.#boxes.set(spec.id, { spec, phase: 'created', outOfMemory: false, output: '' });
    this.#changed(spec.id);
  }

  async start(id: string, signal: AbortSignal): Promise<void> {
    this.#up();
    signal.throwIfAborted();
    const box = this.#boxes.get(id);
    if (!box) throw new DriverError('START_FAILED', 'It does not exist.', true);
    if (box.phase === 'running') return;
    for (const port of box.spec.ports) this.#claim(id, port.hostPort, port.protocol);
    Object.assign(box, {
      phase: 'running',
      startedAt: new Date(),
      exitCode: undefined,
      finishedAt: undefined,
    });
    box.outOfMemory = false;
    this.#changed(id);
    const { NOOP_EXIT_AFTER_MS: after, NOOP_EXIT_CODE: code } = box.spec.env;
    if (after === undefined && code === undefined) return;
    box.timer = setTimeout(() => this.die(id, Number(code ?? 0)), Number(after ?? 0));
    box.timer.unref();
  }

  async stop(id: string, _graceMs: number, signal: AbortSignal): Promise<void> {
    this.#up();
    signal.throwIfAborted();
    this.die(id, 143);
  }

  async remove(id: string): Promise<void> {
    this.#up();
    this.vanish(id);
  }

  async tail(id: string, maxBytes: number): Promise<string> {
    return (this.#boxes.get(id)?.output ?? '').slice(-maxBytes);
  }

  watch(onChange: OnChange): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }

  /** It ends by itself, or by somebody's kill. Nothing happens to one that does not run. */
  die(id: string, exitCode: number): void {
    const box = this.#boxes.get(id);
    if (box?.phase !== 'running') return;
    clearTimeout(box.timer);
    box.output += `exit ${exitCode}\n`;
    Object.assign(box, { phase: 'exited', exitCode, finishedAt: new Date() });
    this.#changed(id);
  }

  /** Somebody removed it. */
  vanish(id: string): void {
    clearTimeout(this.#boxes.get(id)?.timer);
    if (this.#boxes.delete(id)) this.#changed(id);
  }

  /** The engine stops answering, or answers again when `why` is empty. Instances live on meanwhile. */
  outage(why: string): void {
    this.#outage = why;
    if (!why) for (const watcher of this.#watchers) watcher();
  }

  #up(): void {
    if (this.#outage) throw new DriverError('DRIVER_UNAVAILABLE', this.#outage, true);
  }

  #claim(id: string, hostPort: number, protocol: string): void {
    for (const other of this.#boxes.values()) {
      if (other.spec.id === id || other.phase !== 'running') continue;
      if (!other.spec.ports.some((p) => p.hostPort === hostPort && p.protocol === protocol)) continue;
      throw new DriverError('PORT_TAKEN', `Host port ${hostPort}/${protocol} is in use on this host.`, true);
    }
  }

  #changed(id: string): void {
    for (const watcher of this.#watchers) queueMicrotask(() => watcher(id));
  }
}
