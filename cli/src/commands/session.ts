import { CloudApiError, CloudConnectionError, type Project, type User } from '@thecloud/sdk';
import type { Command } from 'commander';
import type { Cli } from '../cli';
import { writeContext } from '../config';
import type { Connection } from '../connection';
import { signInWithKey, signInWithPassword, type LoginOptions } from '../login';
import { addVerb } from '../noun';
import type { View } from '../output';

export function addSession(program: Command, cli: Cli): void {
  addVerb(program, 'login', {
    summary: 'Signs in and remembers it on this machine',
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
    .action(async (options: LoginOptions) => {
      if (options.apiKeyStdin) await signInWithKey(cli, options);
      else await signInWithPassword(cli, options);
    });

  addVerb(program, 'logout', {
    summary: 'Ends the session and forgets the credential',
    examples: ['cloud logout'],
  }).action(() => logout(cli));

  addVerb(program, 'whoami', {
    summary: 'Shows who you are, where, and in which project',
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
    const { server, project_id } = context;
    await writeContext({ server, project_id }, { name: contextName, makeCurrent: false, env: cli.io.env });
  }
  cli.note('Signed out.');
  if (context?.api_key) cli.note('The API key itself still works: revoke it with `cloud key revoke`.');
  if (credentialSource === 'environment') cli.note('THECLOUD_API_KEY is still set in this shell.');
}

async function whoami(cli: Cli): Promise<void> {
  const connection = await cli.connection();
  if (connection.credentialKind === 'API key') return whichKey(cli, connection);
  const user = await (await cli.cloud('user')).users.getCurrent();
  const project = await projectName(cli, connection);
  const view: View<User> = {
    id: (me) => me.id,
    columns: [
      { title: 'USER', value: (me) => me.email },
      { title: 'NAME', value: (me) => me.name },
      { title: 'ID', value: (me) => me.id },
      { title: 'ADMINISTRATOR', value: (me) => (me.platform_admin ? 'yes' : 'no') },
      ...whereColumns(connection),
      { title: 'PROJECT', value: () => project },
    ],
  };
  cli.printOne(view, user);
}

const whereColumns = (connection: Connection) => [
  { title: 'SERVER', value: () => connection.server },
  {
    title: 'SIGNED IN BY',
    value: () => `${connection.credentialKind} from ${connection.credentialSource}`,
  },
];

// A key is no person: what it belongs to is the one project that it sees.
async function whichKey(cli: Cli, connection: Connection): Promise<void> {
  const answer = await (await cli.cloud('user')).projects.list().page();
  const view: View<Project> = {
    id: (project) => project.metadata.id,
    columns: [
      { title: 'PROJECT', value: ({ metadata }) => `${metadata.name} (${metadata.id})` },
      { title: 'ROLE', value: (project) => project.role },
      ...whereColumns(connection),
    ],
  };
  for (const project of answer.projects ?? []) cli.printOne(view, project);
}

async function projectName(cli: Cli, connection: Connection): Promise<string | undefined> {
  const chosen = connection.projectWanted ?? connection.projectId;
  if (!chosen) return undefined;
  if (!chosen.includes('_')) return chosen;
  try {
    const project = await (await cli.cloud('user')).projects.get(chosen);
    return `${project.metadata.name} (${chosen})`;
  } catch (error) {
    // Who one is does not depend on whether the remembered project still exists.
    if (!isOfTheCloud(error)) throw error;
    return `${chosen} (${error.message})`;
  }
}

const isOfTheCloud = (error: unknown) =>
  error instanceof CloudApiError || error instanceof CloudConnectionError;
