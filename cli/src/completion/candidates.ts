import type { Command, Option } from 'commander';
import type { Cli } from '../cli';
import { optionBefore, subcommand } from '../program-words';
import type { Candidate } from './candidate';
import { liveNames } from './live-names';
import { suggested } from './suggestions';

/** What the last of the words typed after "cloud" can be. Never throws: a shell that asks gets nothing instead. */
export async function candidates(
  program: Command,
  cli: Cli,
  words: readonly string[],
  patienceMs: number,
): Promise<Candidate[]> {
  const typed = words.at(-1) ?? '';
  const { command, before, operands, literal } = walk(program, words.slice(0, -1));
  const names = (what: string) => liveNames(cli, what, program, words, patienceMs);
  const found = before
    ? await valuesOf(before, names, typed)
    : typed.startsWith('-') && !literal
      ? optionsOf(program, command)
      : [...subcommandsOf(command, operands.length), ...(await argumentsOf(command, operands, names))];
  return found.filter(({ word }) => word.startsWith(typed)).sort((a, b) => (a.word < b.word ? -1 : 1));
}

interface Place {
  command: Command;
  /** The option whose value comes next. */
  before?: Option;
  /** The command's arguments that are there. */
  operands: readonly string[];
  /** After "--", nothing is an option. */
  literal: boolean;
}

/** Where the words lead in the tree of commands. */
function walk(program: Command, words: readonly string[]): Place {
  let command = program;
  const operands: string[] = [];
  let before: Option | undefined;
  let literal = false;
  for (const word of words) {
    if (before) {
      before = undefined;
    } else if (word === '--' && !literal) {
      literal = true;
    } else if (word.startsWith('-') && !literal) {
      before = optionBefore(word, [...command.options, ...program.options]);
    } else {
      const next = operands.length === 0 ? subcommand(command, word) : undefined;
      if (next) command = next;
      else operands.push(word);
    }
  }
  return { command, before, operands, literal };
}

type Names = (what: string) => Promise<Candidate[]>;

const plain = (words: readonly string[]) => words.map((word) => ({ word, about: '' }));

async function valuesOf(option: Option, names: Names, typed: string): Promise<Candidate[]> {
  const known = suggested(option, typed);
  if (known) return plain(known);
  return option.argChoices ? plain(option.argChoices) : names(option.attributeName());
}

function subcommandsOf(command: Command, operands: number): Candidate[] {
  if (operands > 0) return [];
  return command
    .createHelp()
    .visibleCommands(command)
    .map((each) => ({ word: each.name(), about: each.summary() }));
}

async function argumentsOf(
  command: Command,
  operands: readonly string[],
  names: Names,
): Promise<Candidate[]> {
  const last = command.registeredArguments.at(-1);
  const argument = command.registeredArguments[operands.length] ?? (last?.variadic ? last : undefined);
  if (!argument) return [];
  // "context use <name>" means a context; "create <name>" means one that is not there yet.
  const what =
    argument.name() === 'name' && command.parent?.name() === 'context' ? 'context' : argument.name();
  const found = argument.argChoices ? plain(argument.argChoices) : await names(what);
  return found.filter(({ word }) => !operands.includes(word)); // nothing is named twice
}

function optionsOf(program: Command, command: Command): Candidate[] {
  return [...command.options, ...program.options]
    .filter((option) => !option.hidden)
    .map((option) => ({ word: option.long ?? option.short ?? '', about: option.description }));
}
