import type { Command } from 'commander';
import type { Cloud, Pages } from '@thecloud/sdk';
import type { Cli, Scope } from '../cli';
import { printable } from '../output';
import type { Candidate } from './candidate';

interface Named {
  metadata: { id: string; name: string };
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
  resource: { scope: 'project', list: (cloud) => cloud.instances.list() },
  from: { scope: 'user', list: (cloud) => cloud.projects.list() },
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
  if (what === 'user' || what === 'handOverTo') {
    const { items } = await (await quick('platform')).users.list().take(most);
    return items.map(({ email, state }) => ({ word: email, about: state }));
  }
  if (what === 'member') {
    const { items } = await (await quick('project')).members.list().take(most);
    return items.map(({ email, role }) => ({ word: email, about: role }));
  }
  if (what === 'source' || what === 'target') {
    const places = await ask(cli, 'instance', signal);
    return places.map(({ word, about }) => ({ word: `${word}:`, about }));
  }
  const source = Object.hasOwn(sources, what) ? sources[what] : undefined;
  if (!source) return [];
  const { items } = await source.list(await quick(source.scope)).take(most);
  return distinct(items);
}

/** By name; by id where several have that name, which no command would take. */
function distinct(items: readonly Named[]): Candidate[] {
  const times = new Map<string, number>();
  for (const { metadata } of items) times.set(metadata.name, (times.get(metadata.name) ?? 0) + 1);
  return items.map(({ metadata: { id, name }, status }) =>
    times.get(name) === 1 ? { word: name, about: status?.state ?? '' } : { word: id, about: name },
  );
}
