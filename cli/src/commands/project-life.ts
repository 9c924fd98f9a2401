import { CloudApiError, type Cloud } from '@thecloud/sdk';
import type { Command } from 'commander';
import type { Cli } from '../cli';
import { openCloud } from '../cloud';
import { addVerb, tellRemoved } from '../noun';
import { confirm } from '../prompt';
import { stepText } from '../waiting';
import { projects } from './project-kind';

/** What becomes of projects and of one's own place in them. */
export function addProjectLife(noun: Command, cli: Cli): void {
  addVerb(noun, 'rename <project> <name>', {
    summary: 'Gives a project another name; its id stays',
    examples: ['cloud project rename shop store'],
  }).action(async (nameOrId: string, name: string) => {
    const { id, cloud } = await inside(cli, nameOrId);
    cli.printOne(projects, await cloud.projects.update(id, { name }));
  });

  addVerb(noun, 'rm <project>', {
    summary: 'Deletes a project for good, with its members and API keys',
    aliases: ['delete', 'remove'],
    notes:
      'Refused while anything lives in it: the message says what. --cascade deletes that first, and waits until all of it is gone. Without --yes you are asked first.',
    examples: ['cloud project rm shop', 'cloud project rm shop --yes', 'cloud project rm shop --cascade'],
  })
    .option('-y, --yes', 'do not ask')
    .option('--cascade', 'delete everything in it, too')
    .action(async (nameOrId: string, { yes, cascade }: { yes?: true; cascade?: true }) => {
      const { id, cloud } = await inside(cli, nameOrId);
      const last = await cloud.projects.get(id);
      const what = `project ${last.metadata.name} (${id})${cascade ? ' and EVERYTHING IN IT' : ''}`;
      await confirm(cli.io, `This deletes ${what} for good.`, yes);
      const { operation_id: operation } = await cloud.projects.delete(id, cascade ? { cascade } : {});
      if (operation) await untilGone(cli, cloud, operation);
      tellRemoved(cli, projects, nameOrId, last);
    });

  addVerb(noun, 'leave <project>', {
    summary: 'Takes you out of a project; its last owner stays',
    examples: ['cloud project leave shop'],
  }).action(async (nameOrId: string) => {
    const { cloud } = await inside(cli, nameOrId);
    await cloud.members.leaveProject();
    cli.note(`You have left ${nameOrId}.`);
  });
}

/** The operation goes with the project: that neither is there any more is how it ends. */
async function untilGone(cli: Cli, cloud: Cloud, operationId: string): Promise<void> {
  for (let told = ''; ;) {
    const seen = await cloud.operations.poll(operationId).catch((error: unknown) => {
      if (error instanceof CloudApiError && [401, 403, 404].includes(error.status)) return undefined;
      throw error;
    });
    if (!seen || seen.state === 'succeeded') return;
    const text = stepText(seen);
    if (text !== told) cli.note(text);
    told = text;
  }
}

/** The cloud as seen from a project that need not be the chosen one. */
async function inside(cli: Cli, nameOrId: string) {
  const id = await cli.projectIdOf(nameOrId);
  const { server, credential } = await cli.connection();
  return { id, cloud: openCloud({ server, credential, projectId: id }, cli.io) };
}
