import { CloudApiError, type Cloud, type Project } from '@thecloud/sdk';
import { ambiguous } from './by-name';
import type { Cli } from './cli';
import { openCloud } from './cloud';
import { CliError, exitCodes, usageError } from './exit-codes';
import { newPassword } from './commands/password';
import { ask, readSecret, readSecretLines } from './prompt';
import { isOfAccount, remember } from './remember';
import { serverUrl } from './server-url';

export interface LoginOptions {
  server?: string;
  email?: string;
  passwordStdin?: boolean;
  apiKeyStdin?: boolean;
  /** Makes the context the current one. */
  use?: boolean;
}

/** E-mail address and password for a session, then a project; remembers both. */
export async function signInWithPassword(cli: Cli, options: LoginOptions): Promise<void> {
  const { io } = cli;
  const server = await serverFor(cli, options);
  needsTerminal(
    cli,
    options,
    'cloud login --email ADDRESS --password-stdin < FILE, or: cloud login --api-key-stdin < FILE',
  );
  const email = options.email ?? (await ask(io, 'E-mail: '));
  const [password = '', next] = io.stdin.isTTY
    ? [await readSecret(io, 'password')]
    : await readSecretLines(io, 'password');
  const start = (passwords: Passwords) => startSession(cli, server, email, passwords, options.use);
  try {
    await start({ password });
  } catch (error) {
    if (!(error instanceof CloudApiError) || error.reason !== 'PASSWORD_CHANGE_REQUIRED') throw error;
    const new_password = io.stdin.isTTY ? await askNew(cli) : next;
    if (!new_password)
      throw usageError('This is a one-time password.', 'Pipe in a second line with a new password.');
    await start({ password, new_password });
  }
}

function askNew(cli: Cli): Promise<string> {
  cli.note('This is a one-time password: choose a new one.');
  return newPassword(cli);
}

interface Passwords {
  password: string;
  /** Replaces a one-time password. */
  new_password?: string;
}

/** A session of an account whose password is known, and a project; remembers both. */
async function startSession(
  cli: Cli,
  server: string,
  email: string,
  passwords: Passwords,
  use?: boolean,
): Promise<void> {
  const { io } = cli;
  const session = await openCloud({ server }, io).sessions.create({ email, ...passwords });
  const account = session.user?.email ?? email;
  const cloud = openCloud({ server, credential: session.token }, io);
  const project = await chooseProject(cli, cloud, { server, account });
  cli.note(`Signed in at ${server} as ${account}.`);
  const project_id = project?.metadata.id;
  await remember(cli, { server, account, session_token: session.token, project_id }, use);
  if (project) cli.note(`Working in project ${project.metadata.name}.`);
}

function needsTerminal({ io }: Cli, { email, passwordStdin }: LoginOptions, instead: string): void {
  if (!io.stdin.isTTY && !(email && passwordStdin))
    throw usageError('There is no terminal to ask on.', `Use: ${instead}`);
}

/** Opens an account, and signs in to it. */
export async function register(cli: Cli, options: LoginOptions & { name?: string }): Promise<void> {
  const { io } = cli;
  const server = await serverFor(cli, options);
  needsTerminal(cli, options, 'cloud register --email ADDRESS --password-stdin < FILE');
  const email = options.email ?? (await ask(io, 'E-mail: '));
  const password = await readSecret(io, 'password (12 characters or more)');
  // Typed unseen, so typed twice.
  if (io.stdin.isTTY && password !== (await readSecret(io, 'the same again')))
    throw usageError('The two are not the same.', 'Try again: nothing was made.');
  await openCloud({ server }, io).users.register({ email, password, name: options.name });
  cli.note(`Made an account for ${email} at ${server}.`);
  await startSession(cli, server, email, { password }, options.use);
}

/** Takes a key from standard input, tries it, and remembers it. */
export async function signInWithKey(cli: Cli, options: LoginOptions): Promise<void> {
  const server = await serverFor(cli, options);
  const key = await readKey(cli, server);
  cli.note(`Signed in at ${server} with an API key.`);
  await remember(cli, { server, api_key: key }, options.use);
}

/** An API key from the terminal or from standard input, known at that server. */
export async function readKey(cli: Cli, server: string): Promise<string> {
  const key = await readSecret(cli.io, 'API key');
  try {
    // Every role of every project may see them.
    await openCloud({ server, credential: key }, cli.io).instanceTypes.list().page();
  } catch (error) {
    if (!(error instanceof CloudApiError)) throw error;
    if (error.status === 401) {
      throw new CliError(
        exitCodes.forbidden,
        `${server} does not know this API key.`,
        'Is it whole, of that cloud (--server), neither expired nor revoked? Make another with: cloud key create NAME',
      );
    }
    // Known but not allowed is known: only an unknown key is refused.
    if (error.status !== 403) throw error;
  }
  return key;
}

async function serverFor(cli: Cli, options: LoginOptions): Promise<string> {
  cli.at(options.server);
  const url = serverUrl((await cli.connection()).server);
  const local = /^(localhost|127\..*|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'http:' && !local) {
    cli.warn(`Warning: ${url.origin} is not encrypted; anybody on the way can read the credential.`);
  }
  return url.origin;
}

/** The one asked for, the one where the account worked before, the only one, the one a person picks, or none. */
async function chooseProject(
  cli: Cli,
  cloud: Cloud,
  who: { server: string; account: string },
): Promise<Project | undefined> {
  const { projectWanted: wanted } = await cli.connection();
  const { items } = await cloud.projects.list().take(500);
  const named = (text: string) => {
    const found = items.filter(({ metadata }) => metadata.name === text || metadata.id === text);
    if (found.length > 1) throw ambiguous('project', text, found);
    return found[0];
  };
  if (wanted) {
    const found = named(wanted);
    if (found) return found;
    const yours = items.map(({ metadata }) => metadata.name).join(', ') || 'none';
    throw new CliError(exitCodes.notFound, `You have no project "${wanted}".`, `Yours: ${yours}.`);
  }
  const { contexts } = await cli.config();
  const into = cli.options.context ?? cli.io.env.THECLOUD_CONTEXT;
  const own = Object.entries(contexts).find(
    ([name, context]) => (!into || name === into) && isOfAccount(context, who),
  )?.[1];
  const before = own?.project_id ? named(own.project_id) : undefined;
  if (before ?? items.length === 1) return before ?? items[0];
  if (items.length === 0) {
    cli.note(
      'You have no project yet. Make one with: cloud project create NAME, then: cloud project use NAME',
    );
    return undefined;
  }
  if (!cli.io.stdin.isTTY) {
    cli.note('You have several projects and chose none. Choose one with: cloud project use NAME');
    return undefined;
  }
  for (const { metadata } of items) cli.note(`  ${metadata.name}  ${metadata.id}`);
  for (;;) {
    const found = named(await ask(cli.io, 'Project to work in: '));
    if (found) return found;
    cli.note('That is none of them.');
  }
}
