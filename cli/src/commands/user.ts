import type { OneTimePassword, User } from '@thecloud/sdk';
import { Option, type Command } from 'commander';
import type { Cli } from '../cli';
import { addLayoutOptions, sorted, type Layout } from '../columns';
import { CliError, exitCodes } from '../exit-codes';
import { addNoun, addVerb, tellRemoved } from '../noun';
import { age, type View } from '../output';
import { integer } from '../parse';
import { confirm } from '../prompt';
import { collect, youngestFirst } from '../resource';

const users: View<User> = {
  id: (user) => user.id,
  name: (user) => user.email, // several may have the same name, and commands take none
  columns: [
    { title: 'EMAIL', value: (user) => user.email },
    { title: 'NAME', value: (user) => user.name },
    { title: 'STATE', state: true, value: (user) => user.state },
    { title: 'ADMINISTRATOR', value: (user) => (user.platform_admin ? 'yes' : 'no') },
    { title: 'AGE', value: (user) => age(user.created_at), sort: (user) => youngestFirst(user.created_at) },
    { title: 'ID', value: (user) => user.id },
  ],
};

const oneTimePassword: View<OneTimePassword> = {
  id: (made) => made.password,
  columns: [
    { title: 'EMAIL', value: (made) => made.user?.email },
    { title: 'PASSWORD', value: (made) => made.password },
    { title: 'EXPIRES', value: (made) => made.expires_at },
  ],
};

interface Filter {
  email?: string;
  name?: string;
  namePrefix?: string;
  state?: string;
  admin?: true;
  limit: number;
}

const handOver = ['--hand-over-to <email>', 'who becomes an owner of projects that would have none'] as const;

export function addUsers(program: Command, cli: Cli): void {
  const noun = addNoun(program, 'user', {
    summary: 'Accounts of this cloud, for its administrators',
    aliases: ['users'],
    examples: ['cloud user list --state disabled', 'cloud user reset-password ada@example.org'],
  });
  addUserList(noun, cli);
  addVerb(noun, 'show <user>', {
    summary: 'Shows one account, named by e-mail address or id',
    aliases: ['get'],
    examples: ['cloud user show ada@example.org'],
  }).action(async (who: string) => cli.printOne(users, await findUser(cli, who)));

  addVerb(noun, 'create <email>', {
    summary: 'Opens an account, and shows a one-time password for it, this once',
    examples: ['cloud user create ada@example.org --name Ada'],
  })
    .option('--name <name>', 'what others see of them')
    .action(async (email: string, { name }: { name?: string }) =>
      handOut(cli, (await cli.cloud('platform')).users.create({ email, name })),
    );

  addVerb(noun, 'reset-password <user>', {
    summary: 'Replaces a password by a one-time password, shown this once, and ends all sessions',
    examples: ['cloud user reset-password ada@example.org'],
    notes: 'It works for one sign-in within 24 hours, which asks for a new password. API keys work on.',
  }).action(async (who: string) => {
    const { id } = await findUser(cli, who);
    await handOut(cli, (await cli.cloud('platform')).users.resetPassword(id));
  });

  addVerb(noun, 'disable <user>', {
    summary: 'Ends all sessions of a user and refuses sign-ins and API keys until enabled',
    examples: [
      'cloud user disable bob@example.org',
      'cloud user disable bob@example.org --hand-over-to ada@example.org',
    ],
  })
    .option(...handOver)
    .action(async (who: string, { handOverTo }: { handOverTo?: string }) => {
      const { id } = await findUser(cli, who);
      const request = { hand_over_to: handOverTo };
      cli.printOne(users, await (await cli.cloud('platform')).users.disable(id, request));
    });

  addVerb(noun, 'enable <user>', {
    summary: 'Lets a disabled user sign in again',
    examples: ['cloud user enable bob@example.org'],
  }).action(async (who: string) => {
    const { id } = await findUser(cli, who);
    cli.printOne(users, await (await cli.cloud('platform')).users.enable(id));
  });

  addVerb(noun, 'grant-admin <user>', {
    summary: 'Makes a user an administrator of this cloud',
    examples: ['cloud user grant-admin ada@example.org'],
  }).action(async (who: string) => {
    const { id } = await findUser(cli, who);
    cli.printOne(users, await (await cli.cloud('platform')).users.grantAdministrator(id));
  });

  addVerb(noun, 'revoke-admin <user>', {
    summary: 'Takes the rights of an administrator from a user; the last one keeps them',
    examples: ['cloud user revoke-admin ada@example.org'],
  }).action(async (who: string) => {
    const { id } = await findUser(cli, who);
    cli.printOne(users, await (await cli.cloud('platform')).users.revokeAdministrator(id));
  });

  addVerb(noun, 'rm <user>', {
    summary: 'Deletes an account for good, with its sessions and API keys',
    aliases: ['delete', 'remove'],
    notes: 'Without --yes you are asked first. To keep somebody out for now: cloud user disable.',
    examples: ['cloud user rm bob@example.org --hand-over-to ada@example.org --yes'],
  })
    .option(...handOver)
    .option('-y, --yes', 'do not ask')
    .action(async (who: string, { handOverTo, yes }: { handOverTo?: string; yes?: true }) => {
      const { id, email } = await findUser(cli, who);
      await confirm(cli.io, `This deletes the account ${email} (${id}) for good.`, yes);
      const last = await (await cli.cloud('platform')).users.delete(id, { hand_over_to: handOverTo });
      tellRemoved(cli, users, who, { ...last, state: 'deleted' as User['state'] });
    });
}

function addUserList(noun: Command, cli: Cli): void {
  const list = addVerb(noun, 'list', {
    summary: 'Lists accounts',
    aliases: ['ls'],
    examples: ['cloud user list', 'cloud user ls --state disabled', 'cloud user ls --admin'],
  })
    .option('--email <address>', 'only the one of this address')
    .option('--name <name>', 'only those of this name')
    .option('--name-prefix <text>', 'only those whose name begins so')
    .addOption(new Option('--state <state>', 'only those in this state').choices(['active', 'disabled']))
    .option('--admin', 'only administrators')
    .option('--limit <n>', 'show at most this many', integer(1, 100_000), 1000);
  addLayoutOptions(list, users).action(async ({ limit, ...options }: Filter & Layout) => {
    const { email, name, namePrefix, state, admin, ...layout } = options;
    const filter = { email, name, name_prefix: namePrefix, state, platform_admin: admin } as object;
    const pages = (await cli.cloud('platform')).users.list(filter);
    const { items, answer } = await collect(pages, 'users', limit);
    const ordered = sorted(users, items, layout);
    cli.printList(users, ordered, { ...answer, users: ordered }, layout);
  });
}

async function handOut(cli: Cli, making: Promise<OneTimePassword>): Promise<void> {
  cli.printOne(oneTimePassword, await making);
  cli.note('Hand it over now: it is not shown again. The first sign-in asks for a new password.');
}

/** By e-mail address or id. */
async function findUser(cli: Cli, who: string): Promise<User> {
  const { users: api } = await cli.cloud('platform');
  if (who.startsWith('usr_')) return api.get(who);
  const { users: found = [] } = await api.list({ email: who }).page();
  const [user] = found;
  if (user) return user;
  throw new CliError(exitCodes.notFound, `There is no account for ${who}.`, 'See them with: cloud user list');
}
