import { Argument, type Command } from 'commander';
import type { Cli } from '../cli';
import { candidates } from '../completion/candidates';
import { scripts, type Shell } from '../completion/scripts';
import { addVerb } from '../noun';

const shells = Object.keys(scripts) as Shell[];

/** Live names must come before the person at the keyboard has typed on. */
const patienceMs = 1_500;

export function addCompletion(program: Command, cli: Cli): void {
  addVerb(program, 'completion', {
    summary: 'Prints what makes a shell complete commands, options and names of your resources',
    notes: `Names are asked from the cloud while you press Tab, for at most ${patienceMs / 1000} s.`,
    examples: [
      'cloud completion bash > /etc/bash_completion.d/cloud',
      "cloud completion zsh > ~/.zsh/completions/_cloud    # a directory of zsh's $fpath",
      'cloud completion fish > ~/.config/fish/completions/cloud.fish',
      'source <(cloud completion bash)    # for this shell only',
    ],
  })
    .addArgument(new Argument('<shell>').choices(shells))
    .action((shell: Shell) => void cli.io.stdout.write(scripts[shell]));

  program
    .command('__complete', { hidden: true })
    .description('Prints what the last of these words can be, one a line: what the scripts call.')
    .addHelpText('after', '\nExamples:\n  $ cloud __complete -- instance sh\n')
    .argument('[words...]')
    .action(async (words: string[]) => {
      const found = await candidates(program, cli, words, patienceMs);
      cli.io.stdout.write(found.map(({ word, about }) => `${word}\t${about}\n`).join(''));
    });
}
