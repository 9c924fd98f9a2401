import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type { ServiceManifest } from './manifest';
import { runAsProcess } from './service';

/** `node run-service.js MANIFEST.js`: the service of a compiled manifest, as a process. */
const load = createRequire(__filename);
const { manifest } = load(resolve(process.argv[2] ?? '')) as { manifest: ServiceManifest };
runAsProcess(manifest.name, () => manifest.run());
