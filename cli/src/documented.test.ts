import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { buildProgram } from './program';
import { isOption, optionBefore, subcommand } from './program-words';

const root = join(__dirname, '../..');
const { stdin, stdout, stderr } = process;
const program = buildProgram({ env: {}, stdin, stdout, stderr, signal: new AbortController().signal });
const files = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
];

/** `cloud …` in the midst of a sentence or a table. */
const inline = files
  .filter((file) => file.endsWith('.md'))
  .flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8').replace(/^```[\s\S]*?^```/gm, '');
    return [...text.matchAll(/`(?:sudo )?(?:bin\/)?cloud ([^`]+)`/g)].map(
      ([, words = '']) => [words, file] as const,
    );
  });

const commandsOf = (command: Command, path: string[]): (readonly [string, string])[] => [
  ...examplesOf(command).map((example) => [example, `cloud ${path.join(' ')} --help`] as const),
  ...command.commands.flatMap((child) => commandsOf(child, [...path, child.name()])),
];

/** What the help of a command shows as examples of it. */
function examplesOf(command: Command): string[] {
  let help = '';
  command
    .configureOutput({ writeOut: (text) => void (help += text), getOutHasColors: () => false })
    .outputHelp();
  return [...help.matchAll(/^ {2}\$ (?:.*\| )?cloud ([^|<>#\n]+)/gm)].map(([, words = '']) => words.trim());
}

it.each([...inline, ...commandsOf(program, [])])(
  'cloud %s (%s) is a command, with options that it has',
  (words) => {
    let command: Command = program;
    const quoted = words.trim().match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
    for (let at = 0; at < quoted.length; at++) {
      const word = quoted[at]!.replace(/\)+$/, '');
      if (word === '--' || word === '…') return;
      const options = [...command.options, ...program.options];
      if (isOption(word)) {
        const name = word.split('=')[0]!;
        const known = options.some(({ long, short }) => long === name || (short && name.startsWith(short)));
        if (!known && name !== '--help') throw new Error(`${command.name()} has no option ${name}`);
        if (optionBefore(word, options)) at++;
        continue;
      }
      const next = subcommand(command, word);
      if (next) command = next;
      else if (command.registeredArguments.length === 0)
        throw new Error(`${command.name()} has no verb ${word}`);
      else if (command.name() === 'exec' || command.name() === 'help') return;
    }
  },
);
