import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import type { Io } from '../src/io';
import { run } from '../src/program';
import type { Context } from '../src/config';
import { writeContext } from '../src/config';

export { problem, recordedGateway, type Reply } from '../../packages/sdk/test/recorded-gateway';

/** A user's machine: own configuration directory, and a way to run the program there. */
export async function machine(context?: Context) {
  const dir = await mkdtemp(join(tmpdir(), 'cloud-cli-'));
  const env = { XDG_CONFIG_HOME: dir };
  if (context) await writeContext(context, { env });
  return {
    dir,
    env,
    configFile: join(dir, 'thecloud', 'config.yaml'),
    async cloud(
      argv: string[],
      options: {
        env?: Record<string, string>;
        stdin?: string;
        /** Standard input is one, as far as the program can tell. */
        terminal?: boolean;
        signal?: AbortSignal;
      } = {},
    ) {
      const stdout = new PassThrough();
      const stderr = new PassThrough();
      const { signal = new AbortController().signal } = options;
      const stdin: Io['stdin'] = Readable.from(options.stdin === undefined ? [] : [options.stdin]);
      if (options.terminal) stdin.isTTY = true;
      const code = await run(argv, { env: { ...env, ...options.env }, stdin, stdout, stderr, signal });
      const textOf = (stream: PassThrough) => ((stream.read() as Buffer | null) ?? Buffer.of()).toString();
      return { code, out: textOf(stdout), err: textOf(stderr) };
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
