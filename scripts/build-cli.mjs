// Bundles the CLI into cli/dist/cloud.cjs and writes its launcher, bin/cloud.
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(await readFile(join(root, 'cli/package.json'), 'utf8'));

await build({
  entryPoints: [join(root, 'cli/src/main.ts')],
  outfile: join(root, 'cli/dist/cloud.cjs'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  alias: { '@thecloud/sdk': join(root, 'packages/sdk/src/index.ts') },
  external: ['bufferutil', 'utf-8-validate'], // what ws would use if it were there
  define: { CLOUD_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
});

const launcher = `#!/bin/sh
# Runs the CLI on the project's own Node, or on one from the PATH if that is new enough.
set -eu
self=$0
while [ -L "$self" ]; do
  target=$(readlink "$self")
  case $target in
    /*) self=$target ;;
    *) self=$(dirname "$self")/$target ;;
  esac
done
root=$(CDPATH='' cd "$(dirname "$self")/.." && pwd -P)
node=$root/node_modules/.bin/node
if ! [ -x "$node" ]; then
  node=$(command -v node) || { echo 'cloud: there is no Node.js here; run: make build' >&2; exit 1; }
  major=$("$node" -p 'parseInt(process.versions.node)')
  if [ "$major" -lt 20 ]; then
    echo "cloud: Node.js 20 or newer is needed, $node is $major; run: make build" >&2
    exit 1
  fi
fi
# After -- Node takes no option for its own: it would read an --env-file of ours.
exec "$node" -- "$root/cli/dist/cloud.cjs" "$@"
`;

const target = join(root, 'bin/cloud');
await mkdir(dirname(target), { recursive: true });
await writeFile(`${target}.new`, launcher);
await chmod(`${target}.new`, 0o755);
await rename(`${target}.new`, target); // never a half-written launcher under its name
