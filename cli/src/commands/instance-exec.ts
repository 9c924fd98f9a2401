import { CloudConnectionError } from '@thecloud/sdk';
import type { Command } from 'commander';
import type { Cli } from '../cli';
import { ProgramExit } from '../exit-codes';
import { addVerb } from '../noun';
import { addEnvOptions, variablesOf, type EnvOptions } from '../env-file';
import { resolveId } from '../resource';
import { attach, sizeOf } from '../terminal';
import { instances } from './instance-kind';

interface ExecOptions extends EnvOptions {
  interactive?: boolean;
  tty?: boolean;
  workdir?: string;
  user?: string;
}

export function addExec(noun: Command, cli: Cli): void {
  const verb = addVerb(noun, 'exec <instance> <command...>', {
    summary: 'Runs another program in a running instance',
    notes:
      "What comes after the program's name is its own, options too; -- may stand before it. This command ends with its " +
      'exit code; interrupting this one ends it, too.',
    examples: [
      'cloud instance exec web ls -l /var/log',
      'cloud instance exec --env-file job.env web -- /bin/job --fast',
      'cloud instance exec -it web -- /bin/sh',
      'tar c site | cloud instance exec -i web -- tar x -C /www',
    ],
  })
    .option('-i, --interactive', 'pass standard input on to it')
    .option('-t, --tty', 'give it a terminal: for shells and full-screen programs');
  addProgramOptions(verb, cli).action((nameOrId: string, command: string[], options: ExecOptions) =>
    runIn(cli, nameOrId, command, options),
  );
}

export function addShell(program: Command, cli: Cli): void {
  const verb = addVerb(program, 'shell <instance>', {
    summary: 'Opens a shell in a running instance',
    notes: 'The same as: cloud instance exec -it INSTANCE -- /bin/sh',
    examples: ['cloud shell web', 'cloud shell web --shell /bin/bash --user root'],
  }).option('--shell <path>', 'the shell to run, if the image has it', '/bin/sh');
  addProgramOptions(verb, cli).action((nameOrId: string, options: ExecOptions & { shell: string }) =>
    runIn(cli, nameOrId, [options.shell], {
      ...options,
      interactive: true,
      tty: cli.io.stdin.isTTY === true,
    }),
  );
}

function addProgramOptions(verb: Command, cli: Cli): Command {
  return addEnvOptions(verb, cli.io.env)
    .option('-w, --workdir <dir>', "directory to run it in, instead of the image's")
    .option('-u, --user <user[:group]>', "user to run it as, instead of the image's");
}

async function runIn(cli: Cli, nameOrId: string, command: string[], options: ExecOptions): Promise<void> {
  const id = await resolveId(cli, instances, nameOrId);
  const { interactive = false, tty = false, workdir, user } = options;
  const env = variablesOf(options);
  const cloud = await cli.cloud();
  const start = { command, env, tty, size: tty ? sizeOf(cli.io) : undefined, working_dir: workdir, user };
  const exitCode = await attach(cli.io, cloud.instances.exec(id, start), { interactive, tty });
  if (exitCode === undefined) throw new CloudConnectionError(await cli.server(), 'the program was lost');
  if (exitCode !== 0) throw new ProgramExit(exitCode);
}
