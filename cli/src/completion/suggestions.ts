import { Option } from 'commander';

interface Suggestion {
  words: readonly string[];
  /** Several may be given, with commas between them. */
  list?: boolean;
}

const suggestions = new WeakMap<Option, Suggestion>();

/** Says which values an option has, for completion alone: the cloud decides which ones it takes. */
export function suggest(option: Option, words: readonly string[], list = false): Option {
  suggestions.set(option, { words, list });
  return option;
}

/** The filter of a list by state. */
export const stateOption = (...states: string[]): Option =>
  suggest(new Option('--state <state>', 'only those in this state'), states);

/** What the value that has been begun can become; undefined: nothing is known about this option. */
export function suggested(option: Option, typed: string): string[] | undefined {
  const found = suggestions.get(option);
  if (!found) return undefined;
  const { words, list } = found;
  if (!list) return [...words];
  const before = typed.split(',').slice(0, -1);
  return words.filter((word) => !before.includes(word)).map((word) => [...before, word].join(','));
}
