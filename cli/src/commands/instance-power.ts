import type { Command } from 'commander';
import type { Cli } from '../cli';
import { addVerb, addWaitOptions, finish, type WaitOptions } from '../noun';
import { integer } from '../parse';
import { resolveId } from '../resource';
import { instances } from './instance-kind';

export function addStart(noun: Command, cli: Cli): void {
  const verb = addVerb(noun, 'start <instance>', {
    summary: 'Starts a stopped or failed instance',
    examples: ['cloud instance start web'],
  });
  addWaitOptions(verb).action((nameOrId: string, options: WaitOptions) =>
    act(cli, nameOrId, 'start', {}, `Starting ${nameOrId}`, options),
  );
}

export function addStop(noun: Command, cli: Cli): void {
  const verb = addVerb(noun, 'stop <instance>', {
    summary: 'Asks the program to end (SIGTERM), and ends it after the grace',
    examples: ['cloud instance stop web', 'cloud instance stop web --grace 60'],
  }).option('--grace <seconds>', 'seconds it gets to end by itself (10 without it)', integer(0, 300));
  addWaitOptions(verb).action((nameOrId: string, options: WaitOptions & { grace?: number }) =>
    act(cli, nameOrId, 'stop', { grace_seconds: options.grace }, `Stopping ${nameOrId}`, options),
  );
}

export function addRestart(noun: Command, cli: Cli): void {
  const verb = addVerb(noun, 'restart <instance>', {
    summary: 'Stops and starts an instance',
    examples: ['cloud instance restart web'],
  });
  addWaitOptions(verb).action((nameOrId: string, options: WaitOptions) =>
    act(cli, nameOrId, 'restart', {}, `Restarting ${nameOrId}`, options),
  );
}

async function act(
  cli: Cli,
  nameOrId: string,
  verb: 'start' | 'stop' | 'restart',
  request: { grace_seconds?: number },
  title: string,
  options: WaitOptions,
): Promise<void> {
  const id = await resolveId(cli, instances, nameOrId);
  const cloud = await cli.cloud();
  const answer = await (verb === 'stop' ? cloud.instances.stop(id, request) : cloud.instances[verb](id));
  await finish(cli, instances, answer, title, options);
}
