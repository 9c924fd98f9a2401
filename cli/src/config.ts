import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { usageError } from './exit-codes';
import { codeOf, messageOf } from './thrown';

/** A cloud and who one is there. At most one of `api_key` and `session_token` is set. */
export interface Context {
  server: string;
  /** host:port or URL, for clients that speak gRPC; without it, port 8081 of the server. */
  grpc_address?: string;
  api_key?: string;
  session_token?: string;
  project_id?: string;
  /** E-mail address of the account that the session is of. */
  account?: string;
}

/** What a context keeps when its credential goes: where its cloud is. */
export const keptOf = ({ api_key: _, session_token: __, account: ___, ...rest }: Context): Context => rest;

export interface Config {
  current_context: string;
  contexts: Record<string, Context>;
}

type Env = Readonly<Record<string, string | undefined>>;

export const defaultServer = 'http://127.0.0.1:8080';
export const defaultContext = 'default';

/** THECLOUD_CONFIG, or thecloud/config.yaml below XDG_CONFIG_HOME (~/.config). */
export function configPath(env: Env): string {
  if (env.THECLOUD_CONFIG) return env.THECLOUD_CONFIG;
  const base = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config');
  return join(base, 'thecloud', 'config.yaml');
}

/** Reads the file; an absent one is empty. A file that others could read is closed to them, with a warning. */
export async function readConfig(env: Env, warn: (text: string) => void): Promise<Config> {
  const path = configPath(env);
  let text: string;
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) {
      await chmod(path, 0o600);
      warn(`Warning: ${path} was open to other users of this machine; it is now readable by you alone.`);
    }
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      return { current_context: defaultContext, contexts: {} };
    }
    throw usageError(`${path} cannot be read: ${messageOf(error)}`);
  }
  return parseConfig(text, path);
}

function parseConfig(text: string, path: string): Config {
  const advice = 'Correct it, or delete it and run: cloud login';
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw usageError(`${path} is not YAML: ${messageOf(error)}`, advice);
  }
  if (value === null || value === undefined) return { current_context: defaultContext, contexts: {} };
  if (!isRecord(value)) throw usageError(`${path} is not a mapping.`, advice);
  const { current_context = defaultContext, contexts = {} } = value;
  if (typeof current_context !== 'string' || !isRecord(contexts)) {
    throw usageError(`${path} needs a current_context and contexts.`, advice);
  }
  for (const [name, context] of Object.entries(contexts)) {
    if (!isContext(context))
      throw usageError(`${path}: context "${name}" needs a server, and texts only.`, advice);
  }
  return { current_context, contexts: contexts as Record<string, Context> };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isContext(value: unknown): value is Context {
  if (!isRecord(value) || typeof value.server !== 'string') return false;
  const { grpc_address, api_key, session_token, project_id, account } = value;
  const optional = [grpc_address, api_key, session_token, project_id, account];
  return optional.every((field) => field === undefined || field === null || typeof field === 'string');
}

/** Replaces the file at once: a reader sees the old or the new one, never a part; only the owner may read it. */
export async function writeConfig(env: Env, config: Config): Promise<string> {
  const wanted = configPath(env);
  await mkdir(dirname(wanted), { recursive: true, mode: 0o700 });
  const path = await realpath(wanted).catch(() => wanted); // a link to the file stays a link
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(stringify(config));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return path;
}

/**
 * Adds or replaces one context, keeps the others, and makes it the current one unless told otherwise.
 * Answers with the file's path.
 */
export async function writeContext(
  context: Context,
  options: { name?: string; makeCurrent?: boolean; env?: Env; warn?: (text: string) => void } = {},
): Promise<string> {
  const { name = defaultContext, makeCurrent = true, env = process.env, warn = () => undefined } = options;
  const config = await readConfig(env, warn);
  config.contexts[name] = context;
  if (makeCurrent) config.current_context = name;
  return writeConfig(env, config);
}

/**
 * Forgets one context, if it is there; the file goes with the last one. When it was the current one, none is current:
 * which cloud the next command talks to is for a person to say. Answers with what is left.
 */
export async function removeContext(
  name: string,
  options: { env?: Env; warn?: (text: string) => void } = {},
): Promise<Config> {
  const { env = process.env, warn = () => undefined } = options;
  const config = await readConfig(env, warn);
  if (!Object.hasOwn(config.contexts, name)) return config;
  delete config.contexts[name];
  if (config.current_context === name) config.current_context = '';
  if (Object.keys(config.contexts).length === 0) await rm(configPath(env), { force: true });
  else await writeConfig(env, config);
  return config;
}
