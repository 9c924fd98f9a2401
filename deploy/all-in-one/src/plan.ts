import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceName, services } from './environments';
import { type Layout, root } from './layout';

export const modes = ['all-in-one', 'processes'] as const;
export type Mode = (typeof modes)[number];

/** One process to be kept running. */
export interface PlannedProcess {
  name: string;
  /** Of the project's own Node. */
  args: string[];
  env: Record<string, string>;
  services: ServiceName[];
}

export interface Plan {
  mode: Mode;
  /** Changes with the code and the configuration: a running process of another plan must be restarted. */
  fingerprint: string;
  processes: PlannedProcess[];
}

const mains: Record<ServiceName, string> = {
  identity: 'services/identity/dist/main.js',
  compute: 'services/compute/dist/main.js',
  gateway: 'gateway/dist/main.js',
  agent: 'agent/dist/main.js',
};

export function makePlan(layout: Layout, mode: Mode): Plan {
  const alone = (service: ServiceName): PlannedProcess => ({
    name: service,
    args: [`--env-file=${layout.environment(service)}`, join(root, mains[service])],
    env: {},
    services: [service],
  });
  const together: PlannedProcess = {
    name: 'control-plane',
    args: [join(__dirname, 'control-plane.js')],
    env: { THECLOUD_CONFIG_DIR: join(layout.home, 'config') },
    services: ['identity', 'compute', 'gateway'],
  };
  const processes = mode === 'processes' ? services.map(alone) : [together, alone('agent')];
  const configuration = services.map((service) => readFileSync(layout.environment(service), 'utf8'));
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
