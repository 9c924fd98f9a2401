import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from './engine';
import { EngineError } from './engine';
import { identify } from './proc';
import { launch, readPidFile, terminate, writePidFile } from './process';
import { until } from './until';

const PROGRAM = '/usr/bin/docker-registry';
const NAME = 'registry';
const COLLECTION_MS = 3_600_000;

export interface GarbageOptions {
  readonly engine: Engine;
  /** Its configuration, its storage, and a log for the program that collects. */
  readonly configuration: string;
  readonly data: string;
  readonly log: string;
  /** Holds who collects. While it is there the registry is configured to be read only. */
  readonly marker: string;
}

/**
 * Frees what no manifest names any more. docker-registry may do that only while nobody pushes, so it is restarted read
 * only (pulls go on, pushes are refused with 405), and afterwards as it was. CONFLICT: somebody collects already.
 */
export async function collectGarbage(o: GarbageOptions, signal?: AbortSignal): Promise<void> {
  if (readPidFile(o.marker))
    throw new EngineError(NAME, 'CONFLICT', 'its garbage is being collected already');
  const self = identify(process.pid);
  if (!self) throw new Error('this process does not find itself');
  writePidFile(o.marker, self);
  try {
    await o.engine.reload();
    removeEmptyRepositories(join(o.data, 'docker/registry/v2/repositories'));
    await runCollector(o, signal);
  } finally {
    await endCollection(o);
    await o.engine.reload();
  }
}

async function runCollector(o: GarbageOptions, signal: AbortSignal | undefined): Promise<void> {
  const collector = await launch({ program: PROGRAM, args: ['garbage-collect', o.configuration] }, o.log);
  if (!collector) return; // it has ended already
  writePidFile(pidFileOf(o), collector);
  await until(() => signal?.aborted === true || readPidFile(pidFileOf(o)) === undefined, COLLECTION_MS, 100);
}

/** Also for one that was cut off: its collector must not meet a registry that takes pushes. */
export async function endCollection(o: Pick<GarbageOptions, 'marker'>): Promise<void> {
  const collector = readPidFile(pidFileOf(o));
  if (collector) await terminate(collector, 'SIGTERM', 5_000);
  rmSync(pidFileOf(o), { force: true });
  rmSync(o.marker, { force: true });
}

/** Somebody began to collect and did not end it. */
export function isCutOff(marker: string): boolean {
  return existsSync(marker) && readPidFile(marker) === undefined;
}

const pidFileOf = ({ marker }: Pick<GarbageOptions, 'marker'>) => `${marker}.collector`;

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
