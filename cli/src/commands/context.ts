import type { Command } from 'commander';
import type { Cli } from '../cli';
import { addLayoutOptions, sorted, type Layout } from '../columns';
import { configPath, removeContext, writeConfig, writeContext, type Config, type Context } from '../config';
import { CliError, exitCodes } from '../exit-codes';
import { readKey } from '../login';
import { addNoun, addVerb } from '../noun';
import type { View } from '../output';
import { tellCurrent } from '../remember';
import { serverUrl } from '../server-url';

interface Named extends Omit<Context, 'api_key' | 'session_token'> {
  name: string;
  current: boolean;
  credential: 'API key' | 'session' | 'none';
}

const contexts: View<Named> = {
  id: (context) => context.name,
  columns: [
    { title: 'CURRENT', value: (context) => (context.current ? '*' : ' ') },
    { title: 'NAME', value: (context) => context.name },
    { title: 'SERVER', value: (context) => context.server },
    { title: 'CREDENTIAL', value: (context) => context.credential },
    { title: 'ACCOUNT', value: (context) => context.account },
    { title: 'PROJECT', value: (context) => context.project_id },
  ],
};

export function addContexts(program: Command, cli: Cli): void {
  const noun = addNoun(program, 'context', {
    summary: 'Clouds and accounts that this machine knows',
    aliases: ['contexts'],
    examples: ['cloud context list', 'cloud context use production', 'cloud context rm old'],
  });

  const list = addVerb(noun, 'list', {
    summary: 'Lists contexts',
    aliases: ['ls'],
    examples: ['cloud context list', 'cloud context list --columns name,server --sort name'],
  });
  addLayoutOptions(list, contexts).action(async (layout: Layout) => {
    const config = await cli.config();
    const items = Object.entries(config.contexts).map(([name, context]): Named => {
      const credential = context.api_key ? 'API key' : context.session_token ? 'session' : 'none';
      const { server, account, project_id } = context;
      return { name, current: name === config.current_context, server, credential, account, project_id };
    });
    const ordered = sorted(contexts, items, layout);
    cli.printList(contexts, ordered, { contexts: ordered }, layout);
  });

  addVerb(noun, 'use <name>', {
    summary: 'Makes a context the current one',
    examples: ['cloud context use production'],
  }).action(async (name: string) => {
    const config = await cli.config();
    known(cli, config, name);
    await writeConfig(cli.io.env, { ...config, current_context: name });
    cli.note(`Now using ${name}.`);
  });

  addAdd(noun, cli);
  addRm(noun, cli);
}

interface AddOptions {
  server: string;
  apiKeyStdin?: boolean;
  projectId?: string;
  use?: boolean;
}

function addAdd(noun: Command, cli: Cli): void {
  addVerb(noun, 'add <name>', {
    summary: 'Adds a context for another cloud, account or project',
    notes:
      'Without a key, sign in to it afterwards with: cloud login --context NAME. With --project-id, commands in this ' +
      'context work in that project; an API key has its own.',
    examples: [
      'cloud context add production --server https://cloud.example.org',
      'cloud context add ci --server https://cloud.example.org --api-key-stdin < key.txt',
      'cloud context add lab --server https://cloud.example.org --project-id prj_01jd3y7x5w8f0a9s2k4m6n8p0q --use',
    ],
  })
    .requiredOption('--server <url>', 'address of the cloud')
    .option('--api-key-stdin', 'keep the API key that is on standard input, after trying it')
    .option('--project-id <id>', 'project to work in')
    .option('--use', 'make it the current one')
    .action(async (name: string, { server, apiKeyStdin, projectId, use = false }: AddOptions) => {
      const config = await cli.config();
      if (Object.hasOwn(config.contexts, name)) {
        throw new CliError(
          exitCodes.conflict,
          `There is a context "${name}" already.`,
          `Remove it first with: cloud context rm ${name}`,
        );
      }
      const url = serverUrl(server).origin;
      const api_key = apiKeyStdin ? await readKey(cli, url) : undefined;
      const context = {
        server: url,
        ...(api_key && { api_key }),
        ...(projectId && { project_id: projectId }),
      };
      const makeCurrent = use || !Object.hasOwn(config.contexts, config.current_context);
      const path = await writeContext(context, { name, makeCurrent, env: cli.io.env });
      cli.note(`Remembered in ${path}${makeCurrent ? ', and now used' : ''}.`);
      if (!api_key) cli.note(`Sign in with: cloud login --context ${name}`);
    });
}

function addRm(noun: Command, cli: Cli): void {
  addVerb(noun, 'rm <name...>', {
    summary: 'Forgets contexts and their credentials on this machine',
    aliases: ['remove', 'delete'],
    notes: 'A key stays valid: revoke it with `cloud key revoke`. A session ends with `cloud logout`.',
    examples: ['cloud context rm old', 'cloud context rm staging test'],
  })
    .option('-y, --yes', 'accepted as by every rm; nothing is asked, as nothing is lost in the cloud')
    .action(async (names: string[]) => {
      const config = await cli.config();
      for (const name of names) known(cli, config, name); // all or nothing
      let left = config;
      for (const name of new Set(names)) {
        left = await removeContext(name, { env: cli.io.env });
        cli.note(`Forgot ${name}.`);
      }
      if (names.includes(config.current_context)) tellCurrent(cli, left);
    });
}

function known(cli: Cli, { contexts: all }: Config, name: string): void {
  if (Object.hasOwn(all, name)) return;
  const path = configPath(cli.io.env);
  const advice = 'See them with: cloud context list. Make one with: cloud context add NAME --server URL';
  throw new CliError(exitCodes.notFound, `There is no context "${name}" in ${path}.`, advice);
}
