import type { Command } from 'commander';
import type { Cli } from './cli';
import { usageError } from './exit-codes';
import { labelList } from './filters';
import { pair } from './parse';
import { confirm } from './prompt';
import { listResources, type Kind, type Resource } from './resource';

/** How a verb is told what to act on, besides by names. */
export interface Selectors {
  label?: Record<string, string>;
  yes?: boolean;
}

export interface Target {
  /** As the user knows it: a name or an id. */
  name: string;
  /** undefined: not looked up yet. */
  id?: string;
}

/** What a verb is to act on. */
export interface Selection {
  targets: readonly Target[];
  /** The answer is a list, though it may be of one. */
  many: boolean;
}

/** Arguments and options of a verb that acts on several. */
export function addSelectors<T extends Resource>(verb: Command, { noun }: Kind<T>): Command {
  return verb
    .argument(`[${noun}...]`, 'names or ids')
    .option('-l, --label <key=value>', 'all with this label instead of names, repeatable', pair)
    .option('-y, --yes', 'do not ask, though a label selects several');
}

const most = 10_000;

/** Those that are named, or all that carry the labels; a person is asked when labels select several. */
export async function selected<T extends Resource>(
  cli: Cli,
  kind: Kind<T>,
  names: readonly string[],
  { label, yes }: Selectors,
  infinitive: string,
): Promise<Selection> {
  if (!label) {
    if (names.length > 0) return { targets: names.map((name) => ({ name })), many: names.length > 1 };
    throw usageError(`Say which ${kind.noun}s: by name, by id, or by --label KEY=VALUE.`);
  }
  if (names.length > 0) throw usageError('Give names or --label, not both.');
  const wanted = Object.entries(label);
  const filter = kind.labelFilter ? { label: labelList(label) } : {};
  const { items, more } = await listResources(cli, kind, filter, most);
  if (more) throw usageError(`There are more than ${most} ${kind.noun}s.`, 'Select fewer.');
  const found = items.filter(({ metadata: { labels = {}, deleted_at } }) => {
    return !deleted_at && wanted.every(([key, value]) => labels[key] === value);
  });
  if (found.length === 0) cli.note(`No ${kind.noun} has ${filterText(wanted)}.`);
  if (found.length > 1) {
    const all = found.map(({ metadata }) => metadata.name).join(', ');
    await confirm(cli.io, `This would ${infinitive} ${found.length} ${kind.noun}s: ${all}.`, yes);
  }
  return { targets: found.map(({ metadata: { name, id } }) => ({ name, id })), many: true };
}

const filterText = (wanted: [string, string][]) =>
  `the label ${labelList(Object.fromEntries(wanted)).join(' and ')}`;
