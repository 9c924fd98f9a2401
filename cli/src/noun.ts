import type { Operation } from '@thecloud/sdk';
import type { Command } from 'commander';
import { addBulk } from './bulk';
import type { Cli } from './cli';
import { addLayoutOptions, arranged, sorted, type Layout } from './columns';
import { follow } from './following';
import { addNameFilter, byName, type NameFilter } from './filters';
import { isData, type View } from './output';
import { integer } from './parse';
import { listResources, resolveId, viewOf, type Kind, type Resource } from './resource';
import { waitForOperation, type WaitOptions } from './waiting';

export { addWaitOptions, type WaitOptions } from './waiting';

interface Words {
  summary: string;
  aliases?: readonly string[];
  /** At least one, as the reader would type it. */
  examples: readonly [string, ...string[]];
  /** What the options do not say, in whole sentences. */
  notes?: string;
}

/** `cloud <noun>`: a group of verbs. */
export function addNoun(program: Command, name: string, words: Words): Command {
  return describe(program.command(name), words).helpCommand(false);
}

/** `cloud <noun> <verb>`; `usage` names the verb and its arguments: "show <instance>". */
export function addVerb(noun: Command, usage: string, words: Words): Command {
  return describe(noun.command(usage), words);
}

function describe(command: Command, words: Words): Command {
  if (/<command\.\.\.>|\[command\.\.\.\]/.test(command.usage())) {
    const hint = '→ If that is an option of the program, put -- before the program.\n';
    command.configureOutput({
      ...command.configureOutput(),
      // Helps only where an option is not ours, and none of ours is meant.
      outputError: (text, write) =>
        write(text.replace(/^error: /, 'Error: ') + (isForeign(text) ? hint : '')),
    });
  }
  const examples = words.examples.map((example) => `  $ ${example}\n`).join('');
  return command
    .summary(words.summary)
    .description(words.notes ? `${words.summary}.\n\n${words.notes}` : `${words.summary}.`)
    .aliases([...(words.aliases ?? [])])
    .addHelpText('after', `\nExamples:\n${examples}`);
}

const isForeign = (error: string) => /unknown option/.test(error) && !error.includes('Did you mean');

const defaultLimit = 1000;

/**
 * `list`: everything of the kind, page by page. `filter` turns the verb's own options into query parameters; with
 * `byName` the verb also has those for names and labels.
 */
export function addList<T extends Resource, O extends object>(
  noun: Command,
  cli: Cli,
  kind: Kind<T>,
  words: { examples: readonly [string, ...string[]]; summary?: string; byName?: true },
  filter: (options: O) => object | Promise<object> = () => ({}),
): Command {
  const { examples, summary = `Lists ${kind.noun}s` } = words;
  const wanted = async (options: O & NameFilter) => ({
    ...(words.byName ? byName(options) : {}),
    ...(await filter(options)),
  });
  const verb = addVerb(noun, 'list', { summary, aliases: ['ls'], examples })
    .option('--limit <n>', 'show at most this many', integer(1, 100_000), defaultLimit)
    .action(async (options: O & Layout & { limit: number; watch?: boolean }) => {
      arranged(kind, options, cli.style.format); // refuses an unknown column before anything is asked
      if (options.watch) return watchList(cli, kind, await wanted(options), options);
      const { items, answer, more } = await listSorted(cli, kind, await wanted(options), options);
      cli.printList(await viewOf(cli, kind, items), items, answer, options);
      if (more) cli.warn(`There are more: see them with --limit ${options.limit * 10}.`);
    });
  if (words.byName) addNameFilter(verb);
  addLayoutOptions(verb, kind);
  if (!kind.watch) return verb;
  return verb.option('-w, --watch', 'show them all, then each again when it changes, until you press Ctrl-C');
}

const mostSorted = 10_000;

/** Sorted before it is cut at the limit, as the first ones are wanted. */
async function listSorted<T extends Resource>(
  cli: Cli,
  kind: Kind<T>,
  filter: object,
  options: Layout & { limit: number },
) {
  const { limit, sort } = options;
  if (!sort) return listResources(cli, kind, filter, limit);
  sorted(kind, [], options); // refuses an unknown column before anything is asked
  const { items, more } = await listResources(cli, kind, filter, Math.max(limit, mostSorted));
  const first = sorted(await viewOf(cli, kind, items), items, options).slice(0, limit);
  return { items: first, answer: { [kind.collection]: first }, more: more || items.length > limit };
}

async function watchList<T extends Resource>(
  cli: Cli,
  kind: Kind<T>,
  filter: object,
  layout: Layout,
): Promise<void> {
  const row = cli.rows<T>(layout);
  const stream = kind.watch!(await cli.cloud(kind.scope), filter);
  await follow(cli.io, stream, async (item) => row(await viewOf(cli, kind, [item]), item));
}

/** `show`: one of the kind, by name or id. */
export function addShow<T extends Resource>(
  noun: Command,
  cli: Cli,
  kind: Kind<T>,
  words: { examples: readonly [string, ...string[]] },
): Command {
  const { noun: word } = kind;
  return addVerb(noun, `show <${word}>`, { summary: `Shows one ${word}`, aliases: ['get'], ...words }).action(
    async (nameOrId: string) => print(cli, kind, await fetchOne(cli, kind, nameOrId)),
  );
}

export async function print<T extends Resource>(cli: Cli, kind: Kind<T>, item: T): Promise<void> {
  cli.printOne(await viewOf(cli, kind, [item]), item);
}

export async function fetchOne<T extends Resource>(cli: Cli, kind: Kind<T>, nameOrId: string): Promise<T> {
  return kind.of(await cli.cloud(kind.scope)).get(await resolveId(cli, kind, nameOrId));
}

/** `rm`: removes those that are named or selected and, where a controller does it, waits until they are gone. */
export function addRemove<T extends Resource>(
  noun: Command,
  cli: Cli,
  kind: Kind<T>,
  words: { examples: readonly [string, ...string[]]; summary?: string },
): Command {
  const { examples, summary = `Removes ${kind.noun}s` } = words;
  const more = `cloud ${noun.name()} rm --label env=test --yes`;
  const verb = addVerb(noun, 'rm', { summary, aliases: ['delete', 'remove'], examples: [...examples, more] });
  return addBulk(verb, cli, kind, {
    infinitive: 'remove',
    participle: 'Removing',
    act: async (id) => kind.of(await cli.cloud(kind.scope)).delete!(id),
    end: removed,
    remark: (name, done) => `${done ? 'Removed' : 'Removing'} ${name}.`,
  });
}

/** What was removed, as it was last: data is printed as data, a person is told. */
export function tellRemoved<T>(cli: Cli, view: View<T>, name: string, last: T): void {
  const { format, quiet } = cli.style;
  if (quiet || isData(format) || format === 'name') cli.printOne(view, last);
  else cli.io.stdout.write(`Removed ${name}.\n`);
}

/** The answer to a removal is the resource as it was then; this is how it ended, when nothing is left to ask for. */
function removed<T extends Resource>(answer: T, operation?: Operation): T {
  const { status, metadata } = answer as T & { status?: { state?: string } };
  if (!operation || !status) return answer;
  return {
    ...answer,
    metadata: { ...metadata, deleted_at: operation.ended_at },
    status: { ...status, state: 'deleted', reason: '', message: '' },
  };
}

/** Ends a mutation: waits for its operation unless told not to, then prints the resource as it now is. */
export async function finish<T extends Resource>(
  cli: Cli,
  kind: Kind<T>,
  answer: T,
  title: string,
  options: WaitOptions,
): Promise<void> {
  const { operation_id: operation, id } = answer.metadata;
  if (!options.wait || !operation) {
    await print(cli, kind, answer);
    if (operation) cli.note(`Follow it with: cloud operation wait ${operation}`);
    return;
  }
  await waitForOperation(cli, operation, { title, timeoutSeconds: options.timeout });
  await print(cli, kind, await kind.of(await cli.cloud(kind.scope)).get(id));
}
