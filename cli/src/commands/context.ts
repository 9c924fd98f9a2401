import type { Command } from 'commander';
import type { Cli } from '../cli';
import { configPath, writeConfig, type Context } from '../config';
import { CliError, exitCodes } from '../exit-codes';
import { addNoun, addVerb } from '../noun';
import type { View } from '../output';

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
    { title: 'PROJECT', value: (context) => context.project_id },
  ],
};

export function addContexts(program: Command, cli: Cli): void {
  const noun = addNoun(program, 'context', {
    summary: 'Clouds and accounts that this machine knows',
    aliases: ['contexts'],
    examples: ['cloud context list', 'cloud context use production'],
  });

  addVerb(noun, 'list', {
    summary: 'Lists contexts',
    aliases: ['ls'],
    examples: ['cloud context list'],
  }).action(async () => {
    const { config } = await cli.connection();
    const items = Object.entries(config.contexts).map(([name, context]): Named => {
      const credential = context.api_key ? 'API key' : context.session_token ? 'session' : 'none';
      const { server, project_id } = context;
      return { name, current: name === config.current_context, server, credential, project_id };
    });
    cli.printList(contexts, items, { contexts: items });
  });

  addVerb(noun, 'use <name>', {
    summary: 'Makes a context the current one',
    examples: ['cloud context use production'],
  }).action(async (name: string) => {
    const { config } = await cli.connection();
    if (!Object.hasOwn(config.contexts, name)) {
      const advice =
        'See them with: cloud context list. Make one with: cloud login --context NAME --server URL';
      throw new CliError(
        exitCodes.notFound,
        `There is no context "${name}" in ${configPath(cli.io.env)}.`,
        advice,
      );
    }
    await writeConfig(cli.io.env, { ...config, current_context: name });
    cli.note(`Now using ${name}.`);
  });
}
