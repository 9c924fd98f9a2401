import { DriverError } from '../../../../core/driver-error';
import { commandNotFound, notRunning } from '../../ports/driver-problems';
import type { DriverHealth, OnChange } from '../../../../core/driver';
import type { InstanceDriver, DriverSpec, ListedInstance, SeenInstance } from '../../ports/instance-driver';
import type { ExecDriver, ExecProcess, ExecSpec } from '../../ports/exec-driver';
import type { FileDriver, FileFacts } from '../../ports/file-driver';
import type { LogDriver, LogEntry, LogOptions } from '../../ports/log-driver';
import type { StatsDriver, Usage } from '../../ports/stats-driver';
import { NoopFiles } from './files';
import { NoopLog } from './log';
import { hasProgram, NoopProcess } from './process';

interface Box {
  readonly spec: DriverSpec;
  readonly log: NoopLog;
  readonly files: NoopFiles;
  readonly execs: Set<NoopProcess>;
  phase: 'created' | 'running' | 'exited';
  exitCode?: number;
  startedAt?: Date;
  finishedAt?: Date;
  outOfMemory: boolean;
  exit?: NodeJS.Timeout;
  tick?: NodeJS.Timeout;
}

/** A noop instance keeps a tenth of a vCPU busy, and takes a MiB a program. */
const NOOP_CPU_NS_PER_MS = 100_000n;
const NOOP_MEMORY_BYTES = 1n << 20n;
const MOST_LINE_BYTES = 64 * 1024;

/**
 * A real driver over a Map: states, exits, exit codes and port conflicts are those of an engine, only nothing runs.
 * An instance runs until stopped, or ends by itself when its environment says so: NOOP_EXIT_AFTER_MS (0: at once) and
 * NOOP_EXIT_CODE (default 0). With NOOP_LINE_EVERY_MS it writes a line that often, of NOOP_LINE_BYTES at least. `die`,
 * `vanish` and `outage` do what strangers and fate do to a real engine. Its programs for `exec` are those of ./process.
 */
export class NoopInstanceDriver implements InstanceDriver, LogDriver, ExecDriver, StatsDriver, FileDriver {
  readonly name = 'noop';
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

  async create(spec: DriverSpec, signal: AbortSignal): Promise<void> {
    this.#up();
    signal.throwIfAborted();
    if (this.#boxes.has(spec.id)) return;
    if (spec.image.startsWith('missing'))
      throw new DriverError('IMAGE_ABSENT', 'The image is not on this host.', true);
    this.#boxes.set(spec.id, {
      spec,
      phase: 'created',
      outOfMemory: false,
      log: new NoopLog(),
      files: new NoopFiles(),
      execs: new Set(),
    });
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
    box.log.write('started');
    this.#changed(id);
    this.#live(id, box);
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
    return this.#boxes.get(id)?.log.tail(maxBytes) ?? '';
  }

  async *logs(id: string, options: LogOptions, signal: AbortSignal): AsyncIterable<LogEntry[]> {
    this.#up();
    const box = this.#boxes.get(id);
    if (box) yield* box.log.read(options, () => this.#runs(box), signal);
  }

  async exec(id: string, spec: ExecSpec): Promise<ExecProcess> {
    const box = this.#running(id);
    if (!hasProgram(spec.command[0] ?? '')) throw commandNotFound(spec.command[0] ?? '');
    const env = { ...box.spec.env, ...spec.env };
    const process = new NoopProcess({ ...spec, env }, (ended) => box.execs.delete(ended));
    box.execs.add(process);
    return process;
  }

  /** They live in this process and die with it. */
  async sweep(): Promise<number> {
    return 0;
  }

  async stats(id: string): Promise<Usage> {
    const { spec, startedAt, execs } = this.#running(id);
    const timeMs = Date.now();
    const ranMs = timeMs - (startedAt?.getTime() ?? timeMs);
    return {
      timeMs,
      cpuNs: BigInt(ranMs) * NOOP_CPU_NS_PER_MS,
      memoryBytes: NOOP_MEMORY_BYTES * BigInt(1 + execs.size),
      memoryLimitBytes: BigInt(spec.memoryMib) << 20n,
      rxBytes: 0n,
      rxPackets: 0n,
      txBytes: 0n,
      txPackets: 0n,
      pids: BigInt(1 + execs.size),
      pidsLimit: BigInt(spec.pids),
    };
  }

  async statFile(id: string, path: string): Promise<FileFacts> {
    return this.#files(id).stat(path);
  }

  async *readFiles(id: string, path: string): AsyncIterable<Buffer> {
    yield* this.#files(id).read(path);
  }

  async writeFiles(id: string, path: string, tar: AsyncIterable<Buffer>): Promise<void> {
    return this.#files(id).write(path, tar);
  }

  /** How many read an instance's log, or have a program in it: what a test may look behind the port for. */
  users(id: string): { followers: number; execs: number } {
    const box = this.#boxes.get(id);
    return { followers: box?.log.followers ?? 0, execs: box?.execs.size ?? 0 };
  }

  watch(onChange: OnChange): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }

  /** It ends by itself, or by somebody's kill. Nothing happens to one that does not run. */
  die(id: string, exitCode: number): void {
    const box = this.#boxes.get(id);
    if (box?.phase !== 'running') return;
    this.#rest(box);
    Object.assign(box, { phase: 'exited', exitCode, finishedAt: new Date() });
    box.log.write(`exit ${exitCode}`);
    this.#changed(id);
  }

  /** Somebody removed it. */
  vanish(id: string): void {
    const box = this.#boxes.get(id);
    if (!box) return;
    this.#boxes.delete(id);
    this.#rest(box);
    box.log.end();
    this.#changed(id);
  }

  /** The engine stops answering, or answers again when `why` is empty. Instances live on meanwhile. */
  outage(why: string): void {
    this.#outage = why;
    if (!why) for (const watcher of this.#watchers) watcher();
  }

  #runs(box: Box): boolean {
    return box.phase === 'running' && this.#boxes.get(box.spec.id) === box;
  }

  #files(id: string): NoopFiles {
    this.#up();
    const box = this.#boxes.get(id);
    if (!box) throw new DriverError('NO_FILE_SYSTEM', 'It has no file system on this host.', false);
    return box.files;
  }

  #running(id: string): Box {
    this.#up();
    const box = this.#boxes.get(id);
    if (!box || !this.#runs(box)) throw notRunning();
    return box;
  }

  /** What its environment says it does while it runs. */
  #live(id: string, box: Box): void {
    const { NOOP_EXIT_AFTER_MS: after, NOOP_EXIT_CODE: code, NOOP_LINE_EVERY_MS: every } = box.spec.env;
    const bytes = Math.min(Number(box.spec.env['NOOP_LINE_BYTES'] ?? 0), MOST_LINE_BYTES);
    let lines = 0;
    const tick = () => box.log.write(`line ${++lines}`.padEnd(bytes, '.'));
    if (every !== undefined) box.tick = setInterval(tick, Math.max(1, Number(every))).unref();
    if (after !== undefined || code !== undefined)
      box.exit = setTimeout(() => this.die(id, Number(code ?? 0)), Number(after ?? 0)).unref();
  }

  #rest(box: Box): void {
    clearTimeout(box.exit);
    clearInterval(box.tick);
    for (const process of box.execs) process.end(137);
  }

  #up(): void {
    if (this.#outage) throw new DriverError('DRIVER_UNAVAILABLE', this.#outage, true);
  }

  #claim(id: string, hostPort: number, protocol: string): void {
    for (const other of this.#boxes.values()) {
      if (other.spec.id === id || other.phase !== 'running') continue;
      if (!other.spec.ports.some((p) => p.hostPort === hostPort && p.protocol === protocol)) continue;
      throw new DriverError('PORT_TAKEN', `Host port ${hostPort}/${protocol} is in use on this host.`, true, {
        facts: { problemPort: hostPort },
      });
    }
  }

  #changed(id: string): void {
    for (const watcher of this.#watchers) queueMicrotask(() => watcher(id));
  }
}
