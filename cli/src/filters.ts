import type { Command } from 'commander';
import { pair } from './parse';

/** What a person may say to choose by name and labels. */
export interface NameFilter {
  name?: string;
  namePrefix?: string;
  label?: Record<string, string>;
}

/** The options of every verb that lists what has a name and labels. */
export function addNameFilter(verb: Command): Command {
  return verb
    .option('--label <key=value>', 'only those with this label, repeatable', pair)
    .option('--name <name>', 'only those of this name')
    .option('--name-prefix <text>', 'only those whose name begins so');
}

/** The same as list methods take it. */
export const byName = ({ name, namePrefix, label }: NameFilter) => ({
  name,
  name_prefix: namePrefix,
  label: labelList(label),
});

/** Labels as a list's filter takes them. */
export const labelList = (labels: Record<string, string> = {}): string[] =>
  Object.entries(labels).map(([key, value]) => `${key}=${value}`);
