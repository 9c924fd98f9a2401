import { CloudApiError } from '@thecloud/sdk';
import type { Cli } from './cli';
import { openCloud } from './cloud';
import { configPath, defaultContext, keptOf, writeContext, type Config, type Context } from './config';
import { serverUrl } from './server-url';

/** A credential that has just been made or tried, and what goes with it. */
export type SignedIn = Pick<Context, 'server' | 'account' | 'api_key' | 'session_token' | 'project_id'>;

/**
 * Writes a credential to the configuration. A context that is named is overwritten; otherwise the current one, unless
 * that would lose the credential of another account or for another server: then the new one gets a context of its own.
 */
export async function remember(cli: Cli, made: SignedIn, use = false): Promise<void> {
  const { env } = cli.io;
  const config = await cli.config();
  const named = cli.options.context ?? (env.THECLOUD_CONTEXT || undefined);
  const name = named ?? (await contextFor(cli, config, made));
  const { current_context: current } = config;
  const makeCurrent = use || !Object.hasOwn(config.contexts, current);
  const before = Object.hasOwn(config.contexts, name) ? config.contexts[name] : undefined;
  const kept = before && sameServer(before, made) ? keptOf(before) : {};
  const path = await writeContext({ ...kept, ...made }, { name, makeCurrent, env });
  cli.note(`Remembered in ${path} as context "${name}".`);
  if (makeCurrent && name !== current) cli.note(`It is the current context now.`);
  if (!makeCurrent && name !== current)
    cli.note(`The current context is still "${current}". Switch with: cloud context use ${name}`);
  if (env.THECLOUD_API_KEY) cli.warn('Warning: THECLOUD_API_KEY is set, and goes before what is remembered.');
}

/** The context that a credential belongs into when none is named. */
async function contextFor(cli: Cli, config: Config, made: SignedIn): Promise<string> {
  const { contexts, current_context } = config;
  const names = Object.keys(contexts);
  if (names.length === 0) return current_context || defaultContext;
  const isTaken = async (name: string) => {
    const context = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
    return context !== undefined && !(await mayReplace(cli, context, made));
  };
  if (Object.hasOwn(contexts, current_context) && !(await isTaken(current_context))) return current_context;
  const own = names.find((name) => isOfAccount(contexts[name]!, made));
  if (own !== undefined) return own;
  const { host } = serverUrl(made.server);
  const candidates = made.account ? [made.account, `${made.account}@${host}`] : [host];
  for (const name of candidates) if (!(await isTaken(name))) return name;
  const last = candidates.at(-1)!;
  for (let n = 2; ; n++) if (!Object.hasOwn(contexts, `${last}-${n}`)) return `${last}-${n}`;
}

const sameServer = (a: Pick<Context, 'server'>, b: Pick<Context, 'server'>) =>
  serverUrl(a.server).origin === serverUrl(b.server).origin;

export const isOfAccount = (context: Context, { server, account }: Pick<SignedIn, 'server' | 'account'>) =>
  account !== undefined && context.account === account && sameServer(context, { server });

/** Nothing is lost: the context has no credential, one of the same account, or one that the cloud takes no more. */
async function mayReplace(cli: Cli, context: Context, made: SignedIn): Promise<boolean> {
  if (!sameServer(context, made)) return false;
  const credential = context.api_key ?? context.session_token;
  if (!credential || credential === made.api_key || isOfAccount(context, made)) return true;
  const cloud = openCloud({ server: context.server, credential }, cli.io);
  try {
    if (context.api_key) await cloud.projects.list().take(1);
    else return (await cloud.users.getCurrent()).email === made.account;
  } catch (error) {
    return error instanceof CloudApiError && error.status === 401;
  }
  return false;
}

/** Says which context is current after some were forgotten. */
export function tellCurrent(cli: Cli, { contexts, current_context }: Config): void {
  if (Object.hasOwn(contexts, current_context)) return;
  const left = Object.keys(contexts);
  if (left.length === 0) return cli.note(`No context is left in ${configPath(cli.io.env)}.`);
  cli.note(`No context is the current one now. There are: ${left.join(', ')}.`);
  cli.note('Choose one with: cloud context use NAME');
}
