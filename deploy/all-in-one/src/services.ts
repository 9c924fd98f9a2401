import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import type { ServiceManifest } from '@thecloud/service-kit';
import { root } from './layout';

/** Where the code beside this runs from: "dist" when compiled, "src" in tests. */
const BUILT = basename(__dirname);
const load = createRequire(__filename);

/** The compiled manifest of a service. */
export const manifestFile = (service: string, built = BUILT) =>
  join(root, 'services', service, built, 'manifest');

const rank = ({ name }: ServiceManifest) => (name === 'identity' ? 0 : 1);

/** All services of the source tree. Identity comes first: the others enrol with it. */
export const serviceManifests: readonly ServiceManifest[] = readdirSync(join(root, 'services'))
  .filter((name) => existsSync(join(root, 'services', name, 'package.json')))
  .map((name) => (load(manifestFile(name)) as { manifest: ServiceManifest }).manifest)
  .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));

/** The operations port of a service, the gateway or an agent: /metrics and /health. */
export const opsPort = (name: string) => `${name}Ops`;

/** Processes at the edge of the cloud; they have no database. */
export const edges = ['gateway', 'agent'] as const;

/** Of everything that `make up` runs. */
export const serviceNames: readonly string[] = [...serviceManifests.map(({ name }) => name), ...edges];
