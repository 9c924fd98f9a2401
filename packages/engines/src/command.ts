import { execFile } from 'node:child_process';

/**
 * Runs a short program to its end and answers its standard output.
 * @throws Error with what the program wrote to standard error.
 */
export function run(
  program: string,
  args: string[],
  options: { uid?: number; gid?: number; cwd?: string; timeoutMs?: number } = {},
): Promise<string> {
  const { timeoutMs = 30_000, cwd = '/', ...user } = options;
  return new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      { ...user, cwd, timeout: timeoutMs, maxBuffer: 4 << 20 },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout);
        else reject(new Error(`${program} failed: ${stderr.trim() || error.message}`, { cause: error }));
      },
    );
  });
}
