import { defaultServer, readConfig, type Config, type Context } from './config';
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

/** Option beats environment beats file. */
export async function connect(
  env: Readonly<Record<string, string | undefined>>,
  options: { context?: string; project?: string },
  warn: (text: string) => void,
): Promise<Connection> {
  const config = await readConfig(env, warn);
  const contextName = options.context ?? config.current_context;
  const context = Object.hasOwn(config.contexts, contextName) ? config.contexts[contextName] : undefined;
  const server = env.THECLOUD_URL || context?.server || defaultServer;
  const base = {
    contextName,
    context,
    server,
    config,
    projectWanted: options.project ?? (env.THECLOUD_PROJECT || undefined),
  };

  if (env.THECLOUD_API_KEY) {
    return {
      ...base,
      credential: env.THECLOUD_API_KEY,
      credentialKind: 'API key',
      credentialSource: 'environment',
    };
  }
  // A credential is for the server it was made by, and is never shown to another.
  if (!context || !sameServer(server, context.server)) return base;
  if (context.api_key) {
    return {
      ...base,
      credential: context.api_key,
      credentialKind: 'API key',
      credentialSource: 'configuration',
    };
  }
  if (!context.session_token) return base;
  return {
    ...base,
    credential: context.session_token,
    credentialKind: 'session',
    credentialSource: 'configuration',
    projectId: context.project_id || undefined,
  };
}

const sameServer = (a: string, b: string) => serverUrl(a).origin === serverUrl(b).origin;
