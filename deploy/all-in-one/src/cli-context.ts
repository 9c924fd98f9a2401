import { type Config, configPath, readConfig, removeContext, writeContext } from '@thecloud/cli';
import { CloudApi } from './cloud-api';
import type { Layout } from './layout';
import { readIfThere, writePrivate } from './layout';

/** The CLI's way to one installation. */
export interface CliAccess {
  readonly server: string;
  readonly grpcAddress: string;
  readonly apiKey: string;
}

export interface CliContext {
  readonly name: string;
  readonly outcome: 'kept' | 'written';
  /** Commands that name no context go to this cloud. */
  readonly isCurrent: boolean;
}

/** A file of the CLI, and what this installation's context is called in it. */
interface Place {
  readonly path: string;
  readonly name: string;
}

const FIRST = 'local';

/**
 * Makes the CLI's context for this installation: `local`, or `local-PORT` where another cloud has that name. One that is
 * as it should be is left alone, also with another credential that the cloud accepts; the current context is changed only where there is none.
 */
export async function writeCliContext(layout: Layout, access: CliAccess): Promise<CliContext> {
  const path = configPath(process.env);
  const config = await readConfig(process.env, () => undefined);
  const places = readPlaces(layout);
  const name = nameFor(config, access, places.find((place) => place.path === path)?.name);
  // Remembered first, so that `make clean` finds it whoever runs that.
  writePlaces(layout, [...places.filter((place) => place.path !== path), { path, name }]);
  const hasCurrent = Object.hasOwn(config.contexts, config.current_context);
  const isCurrent = !hasCurrent || config.current_context === name;
  const {
    server,
    grpc_address: grpcAddress,
    ...there
  } = config.contexts[name] ?? ({} as Partial<Config['contexts'][string]>);
  const credential = there.api_key ?? there.session_token;
  const isAccepted =
    credential === access.apiKey ||
    (server === access.server && credential && (await new CloudApi(server, credential).knows()));
  if (isAccepted && server === access.server && grpcAddress === access.grpcAddress && hasCurrent)
    return { name, outcome: 'kept', isCurrent };
  const who = isAccepted ? there : { api_key: access.apiKey };
  const context = { ...who, server: access.server, grpc_address: access.grpcAddress };
  await writeContext(context, { name, makeCurrent: !hasCurrent });
  return { name, outcome: 'written', isCurrent };
}

/** From every configuration it was written to; another cloud's context stays, also one of the same name. */
export async function removeCliContext(layout: Layout, access: CliAccess): Promise<void> {
  for (const { path, name } of readPlaces(layout)) {
    if (readIfThere(path) === undefined) continue;
    const env = { THECLOUD_CONFIG: path };
    const { contexts } = await readConfig(env, () => undefined);
    if (contexts[name] && isOurs(contexts[name], access)) await removeContext(name, { env });
  }
}

/** A restored installation has the key of the original: only the server tells them apart. */
const isOurs = ({ server }: { server: string }, access: CliAccess) => server === access.server;

function nameFor({ contexts }: Config, access: CliAccess, before: string | undefined): string {
  const port = new URL(access.server).port;
  const isFree = (name: string) => {
    const there = contexts[name];
    if (!there || isOurs(there, access)) return true;
    // Its own, of before it was given other ports.
    return name === before && there.api_key === access.apiKey;
  };
  const names = [before ?? FIRST, FIRST, `local-${port}`];
  const free = names.find(isFree);
  if (free) return free;
  for (let n = 2; ; n++) if (isFree(`local-${port}-${n}`)) return `local-${port}-${n}`;
}

/** A line each: path, tab, name. An earlier version wrote the path alone, and called them all the same. */
function readPlaces(layout: Layout): Place[] {
  const lines = (readIfThere(layout.cliConfigs) ?? '').split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [path = '', name = FIRST] = line.split('\t');
    return { path, name };
  });
}

function writePlaces(layout: Layout, places: readonly Place[]): void {
  writePrivate(layout.cliConfigs, places.map(({ path, name }) => `${path}\t${name}\n`).join(''));
}
