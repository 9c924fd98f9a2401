import type { Instance, UpdateInstanceRequest } from '@thecloud/sdk';
import type { Command } from 'commander';
import type { Cli } from '../cli';
import { variablesOf, type EnvOptions } from '../env-file';
import { usageError } from '../exit-codes';
import { addVerb, addWaitOptions, fetchOne, finish, type WaitOptions } from '../noun';
import { repeated, type Port } from '../parse';
import { instances } from './instance-kind';
import { addSpecOptions } from './instance-launch';

interface UpdateOptions extends WaitOptions, EnvOptions {
  name?: string;
  publish?: Port[] | false;
  unsetEnv?: string[];
  label?: Record<string, string>;
  unsetLabel?: string[];
  restart?: string;
  onHostLoss?: string;
}

export function addUpdate(noun: Command, cli: Cli): void {
  const verb = addVerb(noun, 'update <instance> [command...]', {
    summary:
      'Changes an instance; a running one restarts if its command, environment, ports or policy change',
    aliases: ['set'],
    notes:
      'Labels and variables are added to those it has; ports (-p) and the command after -- replace them.',
    examples: [
      'cloud instance update web --label tier=front --unset-label old',
      'cloud instance update web -e LEVEL=debug -p 8082:80',
      'cloud instance update web --name shop',
    ],
  }).option('--name <name>', 'new name');
  addSpecOptions(verb, cli)
    .option('--no-publish', 'publish no port any more')
    .option('--unset-env <key>', 'remove an environment variable, repeatable', repeated)
    .option('--unset-label <key>', 'remove a label, repeatable', repeated);
  addWaitOptions(verb).action(async (nameOrId: string, command: string[], options: UpdateOptions) => {
    const before = await fetchOne(cli, instances, nameOrId);
    const body = changes(before, command, options);
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
  const { name, label, unsetLabel, unsetEnv, publish, restart, onHostLoss } = options;
  const env = variablesOf(options);
  const wanted: [path: string, value: unknown][] = [];
  if (name !== undefined) wanted.push(['name', name]);
  if (label || unsetLabel) wanted.push(['labels', merged(before.metadata.labels, label, unsetLabel)]);
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

function merged(
  before: Record<string, string> = {},
  add: Record<string, string> = {},
  remove: string[] = [],
) {
  const all = { ...before, ...add };
  return Object.fromEntries(Object.entries(all).filter(([key]) => !remove.includes(key)));
}
