// Bundles the SDK into one ES module without dependencies, packages/sdk/dist/sdk.mjs: what browsers and bundlers take.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

await build({
  entryPoints: [join(root, 'packages/sdk/src/index.ts')],
  outfile: join(root, 'packages/sdk/dist/sdk.mjs'),
  bundle: true,
  platform: 'browser',
  format: 'esm',
  target: 'es2022',
  logLevel: 'warning',
});
