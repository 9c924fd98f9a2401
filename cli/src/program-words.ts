import type { Command, Option } from 'commander';

/** The verb runs a program: its first word begins a command line of which nothing is an option of ours. */
const runsProgram = (command: Command) => command.name() === 'exec';

/**
 * Puts "--" before the program that an instance is to run, as `docker exec` would read it: in `exec -it web ls -l`, -l
 * is an option of ls. Options of ours may still stand between the instance and the program.
 */
export function shieldProgram(root: Command, argv: readonly string[]): string[] {
  let command = root;
  let operands = 0;
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') break;
    if (isOption(word)) {
      if (takesNext(word, [...command.options, ...root.options])) at++;
      continue;
    }
    const next = operands === 0 ? subcommand(command, word) : undefined;
    if (next) command = next;
    else if (++operands === 2 && runsProgram(command)) return [...argv.slice(0, at), '--', ...argv.slice(at)];
  }
  return [...argv];
}

export const isOption = (word: string) => word.startsWith('-') && word !== '-';

export const subcommand = (command: Command, word: string) =>
  command.commands.find((each) => each.name() === word || each.aliases().includes(word));

/** The word is an option whose value is the next word: "--env", "-e", "-te", but neither "--env=A=1" nor "-eA=1". */
export function takesNext(word: string, options: readonly Option[]): boolean {
  return optionBefore(word, options) !== undefined;
}

/** The option whose value is the next word. */
export function optionBefore(word: string, options: readonly Option[]): Option | undefined {
  const valued = (option: Option | undefined) =>
    option && (option.required || option.optional) ? option : undefined;
  if (word.startsWith('--')) return valued(options.find(({ long }) => long === word));
  for (let at = 1; at < word.length; at++) {
    const found = valued(options.find(({ short }) => short === `-${word[at]}`));
    if (found) return at === word.length - 1 ? found : undefined;
  }
  return undefined;
}
