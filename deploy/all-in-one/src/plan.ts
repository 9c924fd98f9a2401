import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Layout, root } from './layout';
import { manifestFile, serviceNames } from './services';

export const modes = ['all-in-one', 'processes'] as const;
export type Mode = (typeof modes)[number];

/** One process to be kept running. */
export interface PlannedProcess {
  name: string;
  /** Of the project's own Node. */
  args: string[];
  env: Record<string, string>;
  services: string[];
}

export interface Plan {
  mode: Mode;
  /** Changes with the code and the configuration: a running process of another plan must be restarted. */
  fingerprint: string;
  processes: PlannedProcess[];
}

/** A service is run by its manifest; gateway and agent have a main program of their own. */
const programOf = (name: string): string[] =>
  name === 'gateway' || name === 'agent'
    ? [join(root, name, 'dist/main.js')]
    : [join(root, 'packages/service-kit/dist/run-service.js'), `${manifestFile(name, 'dist')}.js`];

export function makePlan(layout: Layout, mode: Mode): Plan {
  const alone = (service: string): PlannedProcess => ({
    name: service,
    args: [`--env-file=${layout.environment(service)}`, ...programOf(service)],
    env: {},
    services: [service],
  });
  const together: PlannedProcess = {
    name: 'control-plane',
    args: [join(__dirname, 'control-plane.js')],
    env: { THECLOUD_CONFIG_DIR: join(layout.home, 'config') },
    services: serviceNames.filter((name) => name !== 'agent'),
  };
  const processes = mode === 'processes' ? serviceNames.map(alone) : [together, alone('agent')];
  const configuration = serviceNames.map((service) => readFileSync(layout.environment(service), 'utf8'));
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([mode, processes, configuration]))
    .update(buildFingerprint())
    .digest('hex');
  return { mode, fingerprint, processes };
}

/** The compiled code of every package, and the versions of everybody else's. */
function buildFingerprint(): string {
  const hash = createHash('sha256').update(readFileSync(join(root, 'pnpm-lock.yaml')));
  const packages = [
    ...['packages', 'services', 'deploy'].flatMap((group) => list(join(root, group))),
    join(root, 'agent'),
    join(root, 'gateway'),
  ];
  for (const file of packages.flatMap((path) => scripts(join(path, 'dist')))) {
    hash.update(file).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function list(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(directory, entry.name))
    .sort();
}

function scripts(dist: string): string[] {
  try {
    return readdirSync(dist, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js') || name.endsWith('.binpb'))
      .map((name) => join(dist, name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []; // a folder that is no package
    throw error;
  }
}
