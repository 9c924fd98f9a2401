import type { Member } from '@thecloud/sdk';
import { Argument, Option, type Command } from 'commander';
import type { Cli } from '../cli';
import { writeContext } from '../config';
import { addLayoutOptions, sorted, type Layout } from '../columns';
import { CliError, exitCodes, usageError } from '../exit-codes';
import { addList, addNoun, addShow, addVerb } from '../noun';
import { age, type View } from '../output';
import { pair } from '../parse';
import { collect, youngestFirst } from '../resource';
import { roles, type Role } from './key';
import { projects } from './project-kind';
import { addProjectLife } from './project-life';

const members: View<Member> = {
  id: (member) => member.user_id,
  name: (member) => member.email,
  columns: [
    { title: 'EMAIL', value: (member) => member.email },
    { title: 'ROLE', value: (member) => member.role },
    {
      title: 'AGE',
      value: (member) => age(member.created_at),
      sort: (member) => youngestFirst(member.created_at),
    },
    { title: 'USER', value: (member) => member.user_id },
  ],
};

interface Filter {
  role?: Role;
}

export function addProjects(program: Command, cli: Cli): void {
  const noun = addNoun(program, 'project', {
    summary: 'Projects and who belongs to them',
    aliases: ['projects'],
    examples: ['cloud project list', 'cloud project use shop'],
  });
  addList(
    noun,
    cli,
    projects,
    {
      summary: 'Lists your projects',
      examples: ['cloud project list', 'cloud project list --role owner --label team=web'],
      byName: true,
    },
    ({ role }: Filter) => ({ role }),
  ).addOption(new Option('--role <role>', 'only those where this is your role').choices(roles));
  addShow(noun, cli, projects, { examples: ['cloud project show shop'] });
  addVerb(noun, 'create <name>', {
    summary: 'Makes a project that you own',
    examples: ['cloud project create shop', 'cloud project create shop --label team=web'],
  })
    .option('--label <key=value>', 'label, repeatable', pair)
    .action(async (name: string, options: { label?: Record<string, string> }) => {
      const cloud = await cli.cloud('user');
      cli.printOne(projects, await cloud.projects.create({ name, labels: options.label }));
      cli.note(`Work in it with: cloud project use ${name}`);
    });
  addUse(noun, cli);
  addProjectLife(noun, cli);
  addMembers(noun, cli);
}

function addUse(noun: Command, cli: Cli): void {
  addVerb(noun, 'use <project>', {
    summary: 'Chooses the project that later commands work in',
    examples: ['cloud project use shop'],
  }).action(async (nameOrId: string) => {
    const { contextName, context, credentialKind } = await cli.connection();
    if (!context || credentialKind === 'API key') {
      throw usageError('An API key belongs to one project for good.', 'To choose, sign in with: cloud login');
    }
    const id = await cli.projectIdOf(nameOrId);
    const project = await (await cli.cloud('user')).projects.get(id);
    const { env } = cli.io;
    await writeContext({ ...context, project_id: id }, { name: contextName, makeCurrent: false, env });
    cli.note(`Now working in ${project.metadata.name} (${id}).`);
  });
}

const roleOption = () => new Option('--role <role>', 'what they may do').choices(roles).default('developer');

function addMembers(noun: Command, cli: Cli): void {
  const list = addVerb(noun, 'members', {
    summary: "Lists the current project's members",
    examples: ['cloud project members', 'cloud project members --project shop --sort role,email'],
  });
  list
    .option('--email <address>', 'only the one of this address')
    .addOption(new Option('--role <role>', 'only those in this role').choices(roles));
  addLayoutOptions(list, members).action(
    async ({ email, role, ...layout }: Layout & { email?: string; role?: Role }) => {
      const { items, answer } = await fetchMembers(cli, { email, role });
      const ordered = sorted(members, items, layout);
      cli.printList(members, ordered, { ...answer, members: ordered }, layout);
    },
  );

  addVerb(noun, 'add-member <email>', {
    summary: 'Gives a registered user a role in the current project',
    examples: ['cloud project add-member ada@example.org --role admin'],
  })
    .addOption(roleOption())
    .action(async (email: string, options: { role: Role }) => {
      const cloud = await cli.cloud();
      cli.printOne(members, await cloud.members.add({ email, role: options.role }));
    });

  addVerb(noun, 'set-role', {
    summary: "Changes a member's role; a member is named by e-mail address or user id",
    examples: ['cloud project set-role ada@example.org viewer'],
  })
    .argument('<member>')
    .addArgument(new Argument('<role>').choices(roles))
    .action(async (who: string, role: Role) => {
      const id = await memberId(cli, who);
      cli.printOne(members, await (await cli.cloud()).members.update(id, { role }));
    });

  addVerb(noun, 'remove-member <member>', {
    summary: 'Takes a member, named by e-mail address or user id, out of the current project',
    examples: ['cloud project remove-member ada@example.org'],
  }).action(async (who: string) => {
    await (await cli.cloud()).members.remove(await memberId(cli, who));
    cli.note(`Removed ${who}.`);
  });
}

const mostMembers = 10_000;

async function fetchMembers(cli: Cli, filter: { email?: string; role?: Role } = {}) {
  return collect((await cli.cloud()).members.list(filter), 'members', mostMembers);
}

/** The user id behind an e-mail address or a user id. */
async function memberId(cli: Cli, email: string): Promise<string> {
  if (!email.includes('@')) return email;
  const { items } = await fetchMembers(cli);
  const found = items.find((member) => member.email?.toLowerCase() === email.toLowerCase());
  if (found) return found.user_id;
  const advice = 'See them with: cloud project members';
  throw new CliError(exitCodes.notFound, `${email} is no member of this project.`, advice);
}
