import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = join(__dirname, '../..');
const goFolder = join(root, 'sdk/go');
const pythonFolder = join(root, 'sdk/python');

/** A language that may be absent on a machine: how to run it, or why it cannot be. */
export type Toolchain =
  | { readonly command: string; readonly missing?: undefined }
  | { readonly command?: undefined; readonly missing: string };

/** Go of the version that sdk/go asks for, with the modules it needs. */
export function findGo(): Toolchain {
  const wanted = /^go (\d+)\.(\d+)/m.exec(readFileSync(join(goFolder, 'go.mod'), 'utf8'))!;
  // local: the Go that is here, instead of one that it would fetch.
  const [said, why] = output('go', ['env', 'GOVERSION'], goFolder, { GOTOOLCHAIN: 'local' });
  const has = /^go(\d+)\.(\d+)/.exec(said);
  if (!has) return { missing: `there is no ${wanted[0]} or later: ${why}` };
  const [, fetchFailure] = output('go', ['mod', 'download'], goFolder, { GOTOOLCHAIN: 'local' });
  return fetchFailure ? { missing: `its modules cannot be fetched: ${fetchFailure}` } : { command: 'go' };
}

/** A Python environment of the source tree's own, with the client installed as its users do. */
export function findPython(): Toolchain {
  const home = resolve(root, process.env['THECLOUD_HOME'] ?? '.cloud', 'sdk-python');
  const command = join(home, 'bin/python');
  const stamp = join(home, 'installed');
  const wanted = createHash('sha256')
    .update(readFileSync(join(pythonFolder, 'pyproject.toml')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return { command };
  mkdirSync(home, { recursive: true });
  const [, noVenv] = output('python3', ['-m', 'venv', home]);
  if (noVenv) return { missing: `there is no Python 3 with venv: ${noVenv}` };
  const [, noPackages] = output(command, ['-m', 'pip', 'install', '--quiet', '--editable', pythonFolder]);
  if (noPackages) return { missing: `its packages cannot be installed: ${noPackages}` };
  writeFileSync(stamp, wanted);
  return { command };
}

/** What a command printed, and why it failed (empty if it did not). */
function output(
  command: string,
  args: readonly string[],
  cwd = root,
  env: Record<string, string> = {},
): [said: string, why: string] {
  const done = spawnSync(command, [...args], {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (done.error) return ['', done.error.message];
  return [
    done.stdout,
    done.status === 0 ? '' : done.stderr.trim().split('\n').at(-1) || `exit code ${done.status}`,
  ];
}

/** Runs a program to its end, and answers with all it printed; throws with that if it failed. */
export function run(
  command: string,
  args: readonly string[],
  options: { cwd: string; env: Record<string, string>; timeoutMs: number },
): Promise<string> {
  const { cwd, env, timeoutMs: timeout } = options;
  return new Promise((resolve, reject) => {
    const all = { ...process.env, ...env };
    execFile(command, [...args], { cwd, env: all, timeout, maxBuffer: 16 << 20 }, (error, out, err) => {
      if (error) reject(new Error(`${error.message}\n${out}${err}`));
      else resolve(out + err);
    });
  });
}
