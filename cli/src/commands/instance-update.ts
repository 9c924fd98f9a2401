import type { Instance, UpdateInstanceRequest } from '@thecloud/sdk';
import type { Command } from 'commander';
import type { Cli } from '../cli';
import { variablesOf, type EnvOptions } from '../env-file';
import { usageError } from '../exit-codes';
import { addVerb, addWaitOptions, fetchOne, finish, type WaitOptions } from '../noun';
import { repeated, type Port } from '../parse';
import { confirm } from '../prompt';
import { instances } from './instance-kind';
import { addSpecOptions } from './instance-launch';

interface UpdateOptions extends WaitOptions, EnvOptions {
  name?: string;
  type?: string;
  image?: string;
  entrypoint?: string | false;
  yes?: boolean;
  publish?: Port[] | false;
  unsetEnv?: string[];
  label?: Record<string, string>;
  unsetLabel?: string[];
  restart?: string;
  onHostLoss?: string;
}

export function addUpdate(noun: Command, cli: Cli): void {
  const verb = addVerb(noun, 'update <instance> [command...]', {
    summary: 'Changes an instance: its type, image, command, environment, ports, labels, policies or name',
    aliases: ['set'],
    notes:
      'Labels and variables are added to those it has; ports (-p) and the command after -- replace them. ' +
      'Another type, image, entrypoint, command, environment or ports make a new container: a running instance ' +
      'restarts, and ALL FILES THAT ITS PROGRAM WROTE ARE LOST, those in the volumes of its image as well. ' +
      'Without --yes you are asked first.',
    examples: [
      'cloud instance update web --label tier=front --unset-label old',
      'cloud instance update web -e LEVEL=debug -p 8082:80 --yes',
      'cloud instance update web --type basic-1 --image hello-2 --yes',
      'cloud instance update web --name shop',
    ],
  })
    .option('--name <name>', 'new name')
    .option('-t, --type <type>', 'new size, which must fit on its host: see `cloud type list`')
    .option('-i, --image <image>', 'new image (name or id)');
  addSpecOptions(verb, cli)
    .option('--no-entrypoint', 'the entrypoint of the image again')
    .option('--no-publish', 'publish no port any more')
    .option('--unset-env <key>', 'remove an environment variable, repeatable', repeated)
    .option('--unset-label <key>', 'remove a label, repeatable', repeated)
    .option('-y, --yes', 'do not ask, even if files are lost');
  addWaitOptions(verb).action(async (nameOrId: string, command: string[], options: UpdateOptions) => {
    const before = await fetchOne(cli, instances, nameOrId);
    const body = changes(before, command, options);
    const lost = whatIsLost(before, body);
    if (lost && !options.yes) await confirm(cli.io, lost);
    const answer = await (await cli.cloud()).instances.update(before.metadata.id, body);
    await finish(cli, instances, answer, `Updating ${nameOrId}`, options);
  });
}

/** The body of the update, and a mask of just what is asked for. */
export function changes(
  before: Instance,
  command: readonly string[],
  options: UpdateOptions,
): UpdateInstanceRequest {
  const { name, type, image, entrypoint, label, unsetLabel, unsetEnv, publish, restart, onHostLoss } =
    options;
  const env = variablesOf(options);
  const wanted: [path: string, value: unknown][] = [];
  if (name !== undefined) wanted.push(['name', name]);
  if (label || unsetLabel) wanted.push(['labels', merged(before.metadata.labels, label, unsetLabel)]);
  if (type !== undefined) wanted.push(['spec.type', type]);
  if (image !== undefined) wanted.push(['spec.image', image]);
  if (entrypoint === false) wanted.push(['spec.entrypoint', []]);
  else if (entrypoint !== undefined) wanted.push(['spec.entrypoint', [entrypoint]]);
  if (command.length > 0) wanted.push(['spec.command', command]);
  if (env || unsetEnv) wanted.push(['spec.env', merged(before.spec?.env, env, unsetEnv)]);
  if (publish === false) wanted.push(['spec.ports', []]);
  else if (Array.isArray(publish)) wanted.push(['spec.ports', publish]);
  if (restart) wanted.push(['spec.restart_policy', restart]);
  if (onHostLoss) wanted.push(['spec.on_host_loss', onHostLoss]);
  if (wanted.length === 0)
    throw usageError('There is nothing to change.', 'See: cloud instance update --help');

  const inSpec = ([path]: [string, unknown]) => path.startsWith('spec.');
  const spec = wanted.filter(inSpec).map(([path, value]) => [path.slice('spec.'.length), value]);
  // Maps are merged with what was just read, so a change in between must not be overwritten.
  const merges = Boolean(label || unsetLabel || env || unsetEnv);
  return {
    ...Object.fromEntries(wanted.filter((change) => !inSpec(change))),
    ...(spec.length > 0 && { spec: Object.fromEntries(spec) }),
    update_mask: wanted.map(([path]) => path) as UpdateInstanceRequest['update_mask'],
    ...(merges && before.metadata.version && { version: before.metadata.version }),
  };
}

/** What only a new container can change. */
const remaking = ['type', 'image', 'entrypoint', 'command', 'env', 'ports'] as const;

/** What the update costs, if it costs anything: nothing is lost of what has never run, or stays as it is. */
export function whatIsLost({ metadata, spec, status }: Instance, body: UpdateInstanceRequest) {
  if (!status?.started_at) return undefined;
  const wanted: Partial<Record<(typeof remaking)[number], object | string>> = body.spec ?? {};
  const text = (value: object | string = '') =>
    Object.keys(value).length === 0 ? '' : JSON.stringify(value);
  const changed = remaking.filter((field) => field in wanted && text(wanted[field]) !== text(spec?.[field]));
  if (changed.length === 0) return undefined;
  return `Another ${changed.join(', ')} makes a new container of ${metadata.name}: all files that its program wrote are lost, those in the volumes of its image as well.`;
}

function merged(
  before: Record<string, string> = {},
  add: Record<string, string> = {},
  remove: string[] = [],
) {
  const all = { ...before, ...add };
  return Object.fromEntries(Object.entries(all).filter(([key]) => !remove.includes(key)));
}
