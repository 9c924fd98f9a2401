import { Option, type Command } from 'commander';
import type { Cli } from './cli';
import { follow } from './following';
import { integer } from './parse';
import { listResources, resolveId, viewOf, type Kind, type Resource } from './resource';
import { defaultWaitSeconds, waitForOperation } from './waiting';

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
  const examples = words.examples.map((example) => `  $ ${example}\n`).join('');
  return command
    .summary(words.summary)
    .description(words.notes ? `${words.summary}.\n\n${words.notes}` : `${words.summary}.`)
    .aliases([...(words.aliases ?? [])])
    .addHelpText('after', `\nExamples:\n${examples}`);
}

const defaultLimit = 1000;

/** `list`: everything of the kind, page by page. `filter` turns the verb's own options into query parameters. */
export function addList<T extends Resource, O extends object>(
  noun: Command,
  cli: Cli,
  kind: Kind<T>,
  words: { examples: readonly [string, ...string[]]; summary?: string },
  filter: (options: O) => object | Promise<object> = () => ({}),
): Command {
  const { examples, summary = `Lists ${kind.noun}s` } = words;
  const verb = addVerb(noun, 'list', { summary, aliases: ['ls'], examples })
    .option('--limit <n>', 'show at most this many', integer(1, 100_000), defaultLimit)
    .action(async (options: O & { limit: number; watch?: boolean }) => {
      if (options.watch) return watchList(cli, kind, await filter(options));
      const { items, answer, more } = await listResources(cli, kind, await filter(options), options.limit);
      cli.printList(await viewOf(cli, kind, items), items, answer);
      if (more) cli.warn(`There are more: see them with --limit ${options.limit * 10}.`);
    });
  if (!kind.watch) return verb;
  return verb.option('-w, --watch', 'show them all, then each again when it changes, until you press Ctrl-C');
}

async function watchList<T extends Resource>(cli: Cli, kind: Kind<T>, filter: object): Promise<void> {
  const row = cli.rows<T>();
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

export interface WaitOptions {
  wait: boolean;
  timeout: number;
}

/** Options of verbs that a controller carries out. */
export function addWaitOptions(verb: Command): Command {
  return verb
    .option('--no-wait', 'return as soon as the request is accepted')
    .addOption(
      new Option('--timeout <seconds>', 'how long to wait')
        .argParser(integer(1, 86_400))
        .default(defaultWaitSeconds),
    );
}

/** `rm`: removes one of the kind and, where a controller does it, waits until it is gone. */
export function addRemove<T extends Resource>(
  noun: Command,
  cli: Cli,
  kind: Kind<T>,
  words: { examples: readonly [string, ...string[]]; summary?: string },
): Command {
  const { examples, summary = `Removes one ${kind.noun}` } = words;
  const verb = addVerb(noun, `rm <${kind.noun}>`, { summary, aliases: ['delete', 'remove'], examples });
  return addWaitOptions(verb).action(async (nameOrId: string, options: WaitOptions) => {
    const id = await resolveId(cli, kind, nameOrId);
    const answer = await kind.of(await cli.cloud(kind.scope)).delete!(id);
    const operation = answer.metadata?.operation_id;
    if (options.wait && operation) {
      await waitForOperation(cli, operation, {
        title: `Removing ${nameOrId}`,
        timeoutSeconds: options.timeout,
      });
    }
    // As it was when the removal was accepted: afterwards there is nothing left to ask for.
    if (cli.style.quiet) cli.io.stdout.write(`${id}\n`);
    else if (cli.style.format !== 'table') cli.printOne(kind, answer);
    else cli.io.stdout.write(`${options.wait || !operation ? 'Removed' : 'Removing'} ${nameOrId}.\n`);
  });
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
