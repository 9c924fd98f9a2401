import type Docker from 'dockerode';
import { DriverError } from '../../../../core/driver-error';
import { notRunning } from '../../ports/driver-problems';
import type { DriverHealth, OnChange } from '../../../../core/driver';
import type { InstanceDriver, DriverSpec, ListedInstance, SeenInstance } from '../../ports/instance-driver';
import type { ExecDriver, ExecProcess, ExecSpec } from '../../ports/exec-driver';
import type { FileDriver, FileFacts } from '../../ports/file-driver';
import type { LogDriver, LogEntry, LogOptions } from '../../ports/log-driver';
import type { StatsDriver, Usage } from '../../ports/stats-driver';
import { call, connectDocker, messageOf, statusOf, unavailable } from '../docker-engine';
import { abilitiesOf } from './abilities';
import type { EngineAbilities } from './abilities';
import { inspected, listed, madeId, versioned } from './answers';
import { containerName, containerOptions, labels, phaseOf, seenFrom } from './container';
import { execProblem, startExec } from './exec';
import { textOfLog } from './log-tail';
import { noFileSystem, readFiles, statFile, writeFiles } from './files';
import { logOf } from './container-log';
import { endShims, startContainer } from './leftover';
import { startProblem } from './problem';
import { stopContainer } from './stop';
import { sweepExecs } from './sweep-execs';
import { usageFrom } from './usage';
import { followEvents } from './watch';

const PROBE_TIMEOUT_MS = 2_000;
const TAIL_LINES = 20;

export interface DockerDriverOptions {
  socketPath: string;
  hostId: string;
  publishAddress: string;
  /** What names of containers begin with; `thecloud` unless told. */
  prefix?: string;
}

/** Instances as containers of a Docker Engine (API 1.41 or newer). */
export class DockerInstanceDriver implements InstanceDriver, LogDriver, ExecDriver, StatsDriver, FileDriver {
  readonly name = 'docker';
  readonly #docker: Docker;
  readonly #hostId: string;
  readonly #publishAddress: string;
  readonly #prefix: string | undefined;
  /** Containers made here and not started yet, by instance: their start need not look for them. */
  readonly #made = new Map<string, string>();
  /** As Docker said last; undefined: it has not been asked. */
  #engine: EngineAbilities | undefined;

  constructor(options: DockerDriverOptions) {
    this.#docker = connectDocker(options.socketPath);
    this.#hostId = options.hostId;
    this.#publishAddress = options.publishAddress;
    this.#prefix = options.prefix;
  }

  async probe(): Promise<DriverHealth> {
    try {
      const version = await call(() => this.#version(), unavailable, undefined, PROBE_TIMEOUT_MS);
      this.#engine = abilitiesOf(version);
      return { ok: true, version: version.Version };
    } catch (error) {
      return { ok: false, why: messageOf(error) };
    }
  }

  async list(): Promise<ListedInstance[]> {
    const found = await this.#labelled([`${labels.hostId}=${this.#hostId}`]);
    return found
      .map((c) => ({ id: c.Labels[labels.instanceId] ?? '', phase: phaseOf(c.State) }))
      .filter((c) => c.id);
  }

  async inspect(id: string): Promise<SeenInstance | undefined> {
    const info = await this.#find(id);
    return info && seenFrom(id, info);
  }

  async create(spec: DriverSpec, signal: AbortSignal): Promise<void> {
    const { init } = await this.#abilities(signal);
    const options = containerOptions(spec, {
      hostId: this.#hostId,
      publishAddress: this.#publishAddress,
      prefix: this.#prefix,
      init,
    });
    await call(
      async (abortSignal) => {
        try {
          const { id } = await this.#docker.createContainer({ ...options, abortSignal });
          this.#made.set(spec.id, madeId(id));
        } catch (error) {
          // 409: made before; or the name belongs to somebody else.
          if (statusOf(error) !== 409 || !(await this.#find(spec.id))) throw error;
        }
      },
      startProblem,
      signal,
    );
  }

  async start(id: string, signal: AbortSignal): Promise<void> {
    const made = this.#made.get(id);
    this.#made.delete(id);
    if (made && (await this.#startMade(made, signal))) return;
    const info = await this.#need(id);
    const container = this.#docker.getContainer(info.Id);
    await call(
      async (abortSignal) => {
        try {
          await (info.State.Paused
            ? container.unpause({ abortSignal })
            : startContainer(container, abortSignal));
        } catch (error) {
          if (statusOf(error) !== 304) throw error; // it runs already
        }
      },
      startProblem,
      signal,
    );
  }

  /** False if it is not as it was made: somebody removed or paused it meanwhile. */
  #startMade(containerId: string, signal: AbortSignal): Promise<boolean> {
    const start = async (abortSignal: AbortSignal) => {
      try {
        await startContainer(this.#docker.getContainer(containerId), abortSignal);
        return true;
      } catch (error) {
        const status = statusOf(error);
        if (status === 304) return true;
        if (status === 404 || status === 409) return false;
        throw error;
      }
    };
    return call(start, startProblem, signal);
  }

  async stop(id: string, graceMs: number, signal: AbortSignal): Promise<void> {
    const info = await this.#find(id);
    if (!info?.State.Running) return;
    const asked = 'StopSignal' in info.Config ? info.Config.StopSignal : undefined;
    const stopSignal = typeof asked === 'string' && asked ? asked : 'SIGTERM';
    const { Pid: pid, Paused: paused } = info.State;
    const container = this.#docker.getContainer(info.Id);
    await stopContainer({ container, containerId: info.Id, pid, paused, stopSignal }, graceMs, signal);
  }

  async remove(id: string): Promise<void> {
    this.#made.delete(id);
    const info = await this.#find(id);
    if (!info) return;
    const gone = async (abortSignal: AbortSignal) => {
      try {
        await this.#docker.getContainer(info.Id).remove({ force: true, v: true, abortSignal });
      } catch (error) {
        // 409: a removal by somebody else is under way; the next look sees how it ended.
        if (statusOf(error) !== 404 && statusOf(error) !== 409) throw error;
      }
    };
    await call(gone, startProblem);
    if (info.State.Error) endShims(info.Id); // of a start that failed
  }

  async tail(id: string, maxBytes: number): Promise<string> {
    const info = await this.#find(id);
    if (!info) return '';
    const container = this.#docker.getContainer(info.Id);
    const read = async (abortSignal: AbortSignal) => {
      try {
        return await container.logs({
          stdout: true,
          stderr: true,
          tail: TAIL_LINES,
          follow: false,
          abortSignal,
        });
      } catch (error) {
        if (statusOf(error) !== undefined) return Buffer.alloc(0); // a log that cannot be read must not hide the exit
        throw error;
      }
    };
    return textOfLog(Buffer.from(await call(read, startProblem)), maxBytes);
  }

  async *logs(id: string, options: LogOptions, signal: AbortSignal): AsyncIterable<LogEntry[]> {
    const info = await this.#find(id);
    if (info) yield* logOf(this.#docker, info, options, signal);
  }

  async exec(id: string, spec: ExecSpec): Promise<ExecProcess> {
    const containerId = await this.#running(id);
    const { setsSize } = await this.#abilities();
    return startExec({ docker: this.#docker, containerId, hostId: this.#hostId, setsSize }, spec);
  }

  async sweep(): Promise<number> {
    const found = await this.#labelled([`${labels.hostId}=${this.#hostId}`]);
    const running = found.filter((c) => c.State === 'running').map((c) => c.Id);
    return sweepExecs(this.#docker, running, this.#hostId);
  }

  async stats(id: string, signal: AbortSignal): Promise<Usage> {
    const container = this.#docker.getContainer(await this.#running(id));
    return usageFrom(
      await call(() => container.stats({ stream: false, 'one-shot': true }), execProblem, signal),
    );
  }

  async statFile(id: string, path: string, signal: AbortSignal): Promise<FileFacts> {
    return statFile(await this.#withFiles(id), path, signal);
  }

  async *readFiles(id: string, path: string, signal: AbortSignal): AsyncIterable<Buffer> {
    yield* readFiles(await this.#withFiles(id), path, signal);
  }

  async writeFiles(id: string, path: string, tar: AsyncIterable<Buffer>, signal: AbortSignal): Promise<void> {
    return writeFiles(await this.#withFiles(id), path, tar, signal);
  }

  watch(onChange: OnChange): () => void {
    const stop = new AbortController();
    void followEvents(this.#docker, this.#hostId, onChange, stop.signal);
    return () => stop.abort();
  }

  async #abilities(signal?: AbortSignal): Promise<EngineAbilities> {
    return (this.#engine ??= abilitiesOf(await call(() => this.#version(), startProblem, signal)));
  }

  async #version(): Promise<Docker.DockerVersion> {
    return versioned(await this.#docker.version());
  }

  /** By name; and by label when a stranger has renamed it. Never a container that is not ours. */
  async #find(id: string): Promise<Docker.ContainerInspectInfo | undefined> {
    const byName = await this.#get(containerName(id, this.#prefix));
    if (byName && this.#isOurs(byName, id)) return byName;
    const [renamed] = await this.#labelled([
      `${labels.hostId}=${this.#hostId}`,
      `${labels.instanceId}=${id}`,
    ]);
    return renamed && (await this.#get(renamed.Id));
  }

  async #withFiles(id: string): Promise<Docker.Container> {
    const info = await this.#find(id);
    if (!info) throw noFileSystem();
    return this.#docker.getContainer(info.Id);
  }

  /** Its container's id. */
  async #running(id: string): Promise<string> {
    const info = await this.#find(id);
    if (!info?.State.Running) throw notRunning();
    return info.Id;
  }

  async #need(id: string): Promise<Docker.ContainerInspectInfo> {
    const info = await this.#find(id);
    if (!info) throw new DriverError('START_FAILED', 'Somebody removed the container meanwhile.', true);
    return info;
  }

  #isOurs(info: Docker.ContainerInspectInfo, id: string): boolean {
    return info.Config.Labels[labels.hostId] === this.#hostId && info.Config.Labels[labels.instanceId] === id;
  }

  #get(nameOrId: string): Promise<Docker.ContainerInspectInfo | undefined> {
    const look = async (abortSignal: AbortSignal) => {
      try {
        return inspected(await this.#docker.getContainer(nameOrId).inspect({ abortSignal }));
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    };
    return call(look, startProblem);
  }

  #labelled(label: string[]): Promise<Docker.ContainerInfo[]> {
    return call(
      async (abortSignal) =>
        listed(await this.#docker.listContainers({ all: true, filters: { label }, abortSignal })),
      startProblem,
    );
  }
}
