import type { Command } from 'commander';
import type { Cloud, Pages } from '@thecloud/sdk';
import type { Cli, Scope } from '../cli';
import { printable } from '../output';
import type { Candidate } from './candidate';

interface Named {
  metadata: { name: string };
  status?: { state?: string };
}

const most = 200;

/** What may stand in a command line as it is: what comes back from a server goes into the user's own. */
const harmless = /^[\w.:@/+-]+$/;

interface Source {
  scope: Scope;
  list: (cloud: Cloud) => Pages<Named>;
}

/** What an argument or an option of that name is one of. */
const sources: Record<string, Source> = {
  instance: { scope: 'project', list: (cloud) => cloud.instances.list() },
  image: { scope: 'project', list: (cloud) => cloud.images.list() },
  host: { scope: 'platform', list: (cloud) => cloud.hosts.list() },
  project: { scope: 'user', list: (cloud) => cloud.projects.list() },
  key: { scope: 'project', list: (cloud) => cloud.apiKeys.list() },
  'ssh-key': { scope: 'project', list: (cloud) => cloud.sshKeys.list() },
};

/**
 * Names that are there now. None where none can be asked for: not signed in, no answer in time, not allowed. The
 * options among the words (--context, --project) say where to ask.
 */
export async function liveNames(
  cli: Cli,
  what: string,
  program: Command,
  words: readonly string[],
  patienceMs: number,
): Promise<Candidate[]> {
  try {
    for (const name of ['context', 'project']) {
      const at = words.lastIndexOf(`--${name}`);
      if (at >= 0 && at + 2 < words.length) program.setOptionValue(name, words[at + 1]);
    }
    const found = await ask(cli, what, AbortSignal.timeout(patienceMs));
    return found
      .filter(({ word }) => harmless.test(word))
      .map(({ word, about }) => ({ word, about: printable(about) }));
  } catch {
    // Whoever presses Tab wants to type on, and not to read why nothing came.
    return [];
  }
}

async function ask(cli: Cli, what: string, signal: AbortSignal): Promise<Candidate[]> {
  if (what === 'context') {
    const { contexts } = await cli.config();
    return Object.entries(contexts).map(([word, { server }]) => ({ word, about: server }));
  }
  const quick = async (scope: Scope) => (await cli.cloud(scope)).with({ signal, retry: { maxRetries: 0 } });
  if (what === 'type') {
    const { items } = await (await quick('project')).instanceTypes.list().take(most);
    return items.map(({ name, description }) => ({ word: name, about: description }));
  }
  if (what === 'operation') {
    const { items } = await (await quick('project')).operations.list().take(20);
    return items.map(({ id, kind, state }) => ({ word: id, about: `${kind} ${state}` }));
  }
  const source = Object.hasOwn(sources, what) ? sources[what] : undefined;
  if (!source) return [];
  const { items } = await source.list(await quick(source.scope)).take(most);
  return items.map(({ metadata, status }) => ({ word: metadata.name, about: status?.state ?? '' }));
}
