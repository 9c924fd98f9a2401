// build-cli-executable.mjs [FILE]: the bundled CLI and the project's own Node as one executable, bin/cloud-linux-x64
// (a single executable application, nodejs.org/api/single-executable-applications.html).
import { execFileSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'postject';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { platform, arch, execPath } = process;
const target = resolve(process.argv[2] ?? join(root, `bin/cloud-${platform}-${arch}`));

const work = await mkdtemp(join(tmpdir(), 'cloud-sea-'));
try {
  const config = join(work, 'sea.json');
  const blob = join(work, 'sea.blob');
  const main = join(root, 'cli/dist/cloud.cjs');
  // After -- Node takes no option for its own: it would read an --env-file of ours.
  const execArgv = ['--'];
  await writeFile(
    config,
    JSON.stringify({ main, output: blob, disableExperimentalSEAWarning: true, execArgv }),
  );
  execFileSync(execPath, ['--experimental-sea-config', config], { stdio: ['ignore', 'ignore', 'inherit'] });

  await mkdir(dirname(target), { recursive: true });
  const unfinished = `${target}.new`; // never a half-made program under its name
  await copyFile(execPath, unfinished);
  await chmod(unfinished, 0o755);
  await inject(unfinished, 'NODE_SEA_BLOB', await readFile(blob), {
    sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
  });
  await rename(unfinished, target);
} finally {
  await rm(work, { recursive: true, force: true });
}
console.log(`${target}: ${execFileSync(target, ['--version'], { encoding: 'utf8' }).trim()}`);
