import type { Command } from 'commander';
import type { Cli } from '../cli';
import { openCloud } from '../cloud';
import { addVerb, tellRemoved } from '../noun';
import { confirm } from '../prompt';
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
    summary: 'Deletes an empty project for good, with its members and API keys',
    aliases: ['delete', 'remove'],
    notes: 'Refused while anything lives in it: the message says what. Without --yes you are asked first.',
    examples: ['cloud project rm shop', 'cloud project rm shop --yes'],
  })
    .option('-y, --yes', 'do not ask')
    .action(async (nameOrId: string, { yes }: { yes?: true }) => {
      const { id, cloud } = await inside(cli, nameOrId);
      const last = await cloud.projects.get(id);
      await confirm(cli.io, `This deletes project ${last.metadata.name} (${id}) for good.`, yes);
      await cloud.projects.delete(id);
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

/** The cloud as seen from a project that need not be the chosen one. */
async function inside(cli: Cli, nameOrId: string) {
  const id = await cli.projectIdOf(nameOrId);
  const { server, credential } = await cli.connection();
  return { id, cloud: openCloud({ server, credential, projectId: id }, cli.io) };
}
