import type { Command } from 'commander';
import type { Cli } from '../cli';
import { keptOf, writeContext } from '../config';
import { register, signInWithKey, signInWithPassword, type LoginOptions } from '../login';
import { addVerb } from '../noun';
import { isOfTheCloud, whoami } from '../whoami';

const ownContext =
  'It is kept in the context that --context names, else in the current one. Where that holds a credential of another ' +
  'account or for another cloud, it gets a context of its own, named after the account, and the current one stays ' +
  'current: use the new one with --context NAME, or switch with --use.';
const use = ['--use', 'make its context the current one'] as const;

export function addSession(program: Command, cli: Cli): void {
  addVerb(program, 'login', {
    summary: 'Signs in and remembers it on this machine',
    notes: ownContext,
    examples: [
      'cloud login',
      'cloud login --email ada@example.org --password-stdin < password.txt',
      'cloud login --server https://cloud.example.org --api-key-stdin < key.txt',
    ],
  })
    .option('--server <url>', 'address of the cloud; remembered')
    .option('--email <address>', 'whom to sign in as; asked for without it')
    .option('--password-stdin', 'read the password from standard input instead of asking')
    .option('--api-key-stdin', 'use the API key on standard input instead of a password')
    .option(...use)
    .action(async (options: LoginOptions) => {
      if (options.apiKeyStdin) await signInWithKey(cli, options);
      else await signInWithPassword(cli, options);
    });

  addVerb(program, 'register', {
    summary: 'Opens an account with a first project, and signs in to it',
    notes: `Operators of a cloud may have closed this: then ask them for an account.\n\n${ownContext}`,
    examples: [
      'cloud register',
      'cloud register --server https://cloud.example.org --email ada@example.org --name Ada',
      'cloud register --email ada@example.org --password-stdin < password.txt',
    ],
  })
    .option('--server <url>', 'address of the cloud; remembered')
    .option('--email <address>', 'of the new account; asked for without it')
    .option('--name <name>', 'what others see of you')
    .option('--password-stdin', 'read the password from standard input instead of asking')
    .option(...use)
    .action((options: LoginOptions & { name?: string }) => register(cli, options));

  addVerb(program, 'logout', {
    summary: 'Ends the session and forgets the credential',
    examples: ['cloud logout'],
  }).action(() => logout(cli));

  addVerb(program, 'whoami', {
    summary: 'Shows who you are, where, and in which project',
    notes:
      'A person and an API key are shown alike: what one of them lacks is null in JSON. A key has no user, and its project ' +
      'is the one it belongs to.',
    examples: ['cloud whoami', 'cloud whoami -o json'],
  }).action(() => whoami(cli));
}

async function logout(cli: Cli): Promise<void> {
  const { contextName, context, credentialKind, credentialSource } = await cli.connection();
  if (credentialSource === 'configuration' && credentialKind === 'session') {
    try {
      await (await cli.cloud('user')).sessions.deleteCurrent();
    } catch (error) {
      // The machine must forget the token even if the cloud cannot be told, or ended the session already.
      if (!isOfTheCloud(error)) throw error;
      cli.warn(`The cloud could not end the session (${error.message}); it ends by itself when it expires.`);
    }
  }
  if (context) {
    await writeContext(keptOf(context), { name: contextName, makeCurrent: false, env: cli.io.env });
  }
  cli.note('Signed out.');
  if (context?.api_key) cli.note('The API key itself still works: revoke it with `cloud key revoke`.');
  if (credentialSource === 'environment') cli.note('THECLOUD_API_KEY is still set in this shell.');
}
