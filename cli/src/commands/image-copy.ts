import type { Command } from 'commander';
import type { Image } from '@thecloud/sdk';
import type { Cli } from '../cli';
import { CliError, exitCodes } from '../exit-codes';
import { addVerb, print } from '../noun';
import { pair } from '../parse';
import type { Kind } from '../resource';

interface Copy {
  from: string;
  name?: string;
  label?: Record<string, string>;
}

/** `image copy`: an image of another project becomes one of the current project. */
export function addImageCopy(noun: Command, cli: Cli, images: Kind<Image>): void {
  addVerb(noun, 'copy <image>', {
    summary: 'Copies an image of another project into the current one',
    notes: 'You must be signed in as a member of both projects. The copy does not depend on the original.',
    examples: [
      'cloud image copy web --from shop',
      'cloud image copy web --from shop --name web-2 --project test',
    ],
  })
    .requiredOption('--from <project>', 'the project that has the image, by name or id')
    .option('--name <name>', "name of the copy; without it, the image's")
    .option('--label <key=value>', 'label of the copy, repeatable', pair)
    .action(async (nameOrId: string, { from, name, label }: Copy) => {
      const projectId = await cli.projectIdOf(from);
      const { id, itsName } = await findReady(cli, nameOrId, from, projectId);
      const request = { name: name ?? itsName, labels: label, image_id: id, project_id: projectId };
      await print(cli, images, await (await cli.cloud()).images.copy(request));
    });
}

/** An image of another project by its name or id. */
async function findReady(cli: Cli, nameOrId: string, from: string, project: string) {
  const { images } = (await cli.cloud()).with({ project });
  const isId = nameOrId.includes('_');
  const found = isId ? [await images.get(nameOrId)] : (await images.list({ name: nameOrId }).take(100)).items;
  const own = found.filter(({ metadata }) => metadata.project_id === project);
  const image = own.find(({ status }) => status?.state === 'ready') ?? own[0];
  if (image) return { id: image.metadata.id, itsName: image.metadata.name };
  const advice = `See them with: cloud image list --project ${from}`;
  throw new CliError(exitCodes.notFound, `There is no image "${nameOrId}" in project ${from}.`, advice);
}
