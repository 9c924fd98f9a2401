import { configPath, defaultServer, readConfig, type Config, type Context } from './config';
import { usageError } from './exit-codes';
import { serverUrl } from './server-url';

/** Everything a command knows about where it talks to, before it talks. */
export interface Connection {
  server: string;
  /** API key or session token; undefined: only public methods. */
  credential?: string;
  projectId?: string;
  contextName: string;
  /** undefined: the context does not exist (yet). */
  context?: Context;
  credentialKind?: 'API key' | 'session';
  /** Where the credential came from. */
  credentialSource?: 'environment' | 'configuration';
  /** A project named by option or environment, by name or id; overrides the context's. */
  projectWanted?: string;
  config: Config;
}

type Env = Readonly<Record<string, string | undefined>>;

interface Options {
  context?: string;
  project?: string;
  /** Address that a command was given: it goes before everything else. */
  server?: string;
}

/** Option beats environment beats file. A cloud that nobody named is asked nothing and shown no credential. */
export async function connect(env: Env, options: Options, warn: (text: string) => void): Promise<Connection> {
  const config = await readConfig(env, warn);
  const named = options.context ?? (env.THECLOUD_CONTEXT || undefined);
  const contextName = named ?? config.current_context;
  const context = Object.hasOwn(config.contexts, contextName) ? config.contexts[contextName] : undefined;
  // An option goes before the environment: --context before THECLOUD_URL.
  const envUrl = options.context === undefined ? env.THECLOUD_URL || undefined : undefined;
  if (!context && !options.server) refuseMissing(contextName, named, envUrl, config, configPath(env));

  const server = options.server ?? envUrl ?? context?.server ?? defaultServer;
  const projectWanted = options.project ?? (env.THECLOUD_PROJECT || undefined);
  const base = { contextName, context, server, config, projectWanted };
  return { ...base, ...credentialFor(base, env, options.context !== undefined) };
}

/** A context that is named must be there; one that was never made (a new machine) is no error. */
function refuseMissing(
  name: string,
  named: string | undefined,
  envUrl: string | undefined,
  { contexts }: Config,
  path: string,
): void {
  const all = Object.keys(contexts);
  const advice = all.length > 0 ? `There are: ${all.join(', ')}.` : 'There is none yet.';
  const make = 'Make one with: cloud context add NAME --server URL';
  if (named !== undefined) throw usageError(`There is no context ${name}.`, `${advice}\n${make}`);
  if (all.length === 0 || envUrl !== undefined) return;
  if (name === '') {
    throw usageError(
      'No context is the current one.',
      `${advice}\nChoose one with: cloud context use NAME, or for one command with --context NAME`,
    );
  }
  throw usageError(
    `${path} names ${name} as the current context, but has no such context.`,
    `${advice}\nChoose one with: cloud context use NAME`,
  );
}

type Credential = Pick<Connection, 'credential' | 'credentialKind' | 'credentialSource' | 'projectId'>;

/** A credential is for the server that it was made by or given with, and is never shown to another. */
function credentialFor(
  { server, context }: Pick<Connection, 'server' | 'context'>,
  env: Env,
  contextChosen: boolean,
): Credential {
  const kept = context && sameServer(server, context.server) ? keptIn(context) : {};
  if (!env.THECLOUD_API_KEY || (contextChosen && kept.credential)) return kept;
  const meant = env.THECLOUD_URL || context?.server;
  if (meant === undefined) {
    throw usageError(
      'THECLOUD_API_KEY is set, but nothing says for which cloud it is.',
      'Name the cloud with THECLOUD_URL, or choose a context with --context NAME.',
    );
  }
  if (!sameServer(server, meant)) return kept;
  return {
    credential: env.THECLOUD_API_KEY,
    credentialKind: 'API key',
    credentialSource: 'environment',
  };
}

function keptIn({ api_key, session_token, project_id }: Context): Credential {
  const credentialSource = 'configuration';
  if (api_key) return { credential: api_key, credentialKind: 'API key', credentialSource };
  if (!session_token) return {};
  const projectId = project_id || undefined;
  return { credential: session_token, credentialKind: 'session', credentialSource, projectId };
}

const sameServer = (a: string, b: string) => serverUrl(a).origin === serverUrl(b).origin;
