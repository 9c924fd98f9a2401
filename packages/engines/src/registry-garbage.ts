import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from './engine';
import { EngineError } from './engine';
import { logTail } from './log-tail';
import { identify } from './proc';
import { type Exit, launchObserved, readPidFile, terminate, writePidFile } from './process';
import { until } from './until';

const PROGRAM = '/usr/bin/docker-registry';
const NAME = 'registry';
const COLLECTION_MS = 3_600_000;
/** Where docker-registry keeps its data. */
const REPOSITORIES = 'docker/registry/v2/repositories';
const BLOBS = 'docker/registry/v2/blobs';

export interface GarbageOptions {
  readonly engine: Engine;
  /** Its configuration, its storage, and a log for the program that collects. */
  readonly configuration: string;
  readonly data: string;
  readonly log: string;
  /** A pid file of the process that collects. It is the first thing written and the last thing removed. */
  readonly marker: string;
  /** Longest that one collection may take, in milliseconds: an hour. */
  readonly longestMs?: number;
}

/**
 * Frees what no manifest names any more. docker-registry may do that only while nobody pushes, so it is restarted read
 * only (pulls go on, pushes are refused with 405), and afterwards as it was, whether the collection succeeded or not. If
 * `signal` aborts, the collection ends early without an error.
 * @throws EngineError CONFLICT: another process collects; EXITED: the collection failed; NOT_READY: it takes too long.
 */
export async function collectGarbage(o: GarbageOptions, signal?: AbortSignal): Promise<void> {
  claim(o);
  try {
    await endCollector(o); // of a collection that was cut off
    writeFileSync(readOnlyFile(o), '', { mode: 0o600 });
    await o.engine.reload();
    removeEmptyRepositories(join(o.data, REPOSITORIES));
    await runCollector(o, signal);
  } finally {
    await open(o);
  }
}

/** Ends a collection whose process was killed, wherever it was, and starts the registry as it was before. */
export async function endCutOff(o: Pick<GarbageOptions, 'engine' | 'marker'>): Promise<void> {
  claim(o);
  await open(o);
}

/** Somebody began to collect and did not end it. */
export function isCutOff(marker: string): boolean {
  return existsSync(marker) && readPidFile(marker) === undefined;
}

/** The registry's configuration asks this. */
export function isReadOnly(marker: string): boolean {
  return existsSync(readOnlyFile({ marker }));
}

function claim({ marker }: Pick<GarbageOptions, 'marker'>): void {
  if (readPidFile(marker)) throw new EngineError(NAME, 'CONFLICT', 'its garbage is being collected already');
  const self = identify(process.pid);
  if (!self) throw new Error('this process does not find itself');
  writePidFile(marker, self);
}

/**
 * The marker goes only when the registry takes pushes: a process that is killed before that is found to be cut off. If
 * the registry does not start, the marker stays and names nobody, so that it is tried again.
 */
async function open(o: Pick<GarbageOptions, 'engine' | 'marker'>): Promise<void> {
  try {
    await endCollector(o); // it must not meet a registry that takes pushes
    rmSync(readOnlyFile(o), { force: true });
    await o.engine.stop();
    await o.engine.start();
    rmSync(o.marker, { force: true });
  } catch (error) {
    writeFileSync(o.marker, '');
    throw error;
  }
}

async function runCollector(o: GarbageOptions, signal: AbortSignal | undefined): Promise<void> {
  // docker-registry fails where nothing was ever pushed.
  if (![BLOBS, REPOSITORIES].every((path) => existsSync(join(o.data, path)))) return;
  const command = { program: PROGRAM, args: ['garbage-collect', o.configuration] };
  const { process: collector, exit } = await launchObserved(command, o.log);
  if (collector) writePidFile(pidFileOf(o), collector);
  let ended: Exit | undefined;
  void exit.then((how) => (ended = how));
  const longestMs = o.longestMs ?? COLLECTION_MS;
  await until(() => signal?.aborted === true || ended !== undefined, longestMs, 100);
  if (ended?.code === 0 || (!ended && signal?.aborted)) return;
  const how =
    ended && (ended.code === null ? `was ended by ${ended.signal}` : `failed with status ${ended.code}`);
  const message = `its garbage collection ${how ?? `has not ended after ${longestMs / 1000} s`}; it takes images again.`;
  const tail = `\nLast lines of ${o.log}:\n${logTail(o.log) || '(empty)'}`;
  throw new EngineError(NAME, ended ? 'EXITED' : 'NOT_READY', message + tail);
}

async function endCollector(o: Pick<GarbageOptions, 'marker'>): Promise<void> {
  const collector = readPidFile(pidFileOf(o));
  if (collector) await terminate(collector, 'SIGTERM', 5_000);
  rmSync(pidFileOf(o), { force: true });
}

const pidFileOf = ({ marker }: Pick<GarbageOptions, 'marker'>) => `${marker}.collector`;
const readOnlyFile = ({ marker }: Pick<GarbageOptions, 'marker'>) => `${marker}.read-only`;

/** A repository keeps its links when its manifests are deleted. Two levels: "images/<id>". */
function removeEmptyRepositories(root: string): void {
  for (const group of directories(root)) {
    for (const name of directories(join(root, group))) {
      if (name.startsWith('_')) continue;
      const repository = join(root, group, name);
      if (
        directories(join(repository, '_manifests/revisions/sha256')).some((revision) =>
          isLinked(repository, revision),
        )
      )
        continue;
      rmSync(repository, { recursive: true, force: true });
    }
  }
}

const isLinked = (repository: string, revision: string) =>
  existsSync(join(repository, '_manifests/revisions/sha256', revision, 'link'));

function directories(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}
