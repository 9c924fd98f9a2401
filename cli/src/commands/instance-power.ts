import type { Command } from 'commander';
import type { Instance } from '@thecloud/sdk';
import { addBulk } from '../bulk';
import type { Cli } from '../cli';
import { addVerb } from '../noun';
import { integer } from '../parse';
import { instances } from './instance-kind';

export function addStart(noun: Command, cli: Cli): void {
  const verb = addVerb(noun, 'start', {
    summary: 'Starts stopped or failed instances',
    examples: ['cloud instance start web', 'cloud instance start --label app=shop --yes'],
  });
  addBulk(verb, cli, instances, {
    infinitive: 'start',
    participle: 'Starting',
    act: async (id) => (await cli.cloud()).instances.start(id),
    already: ({ status }) => (status?.state === 'running' ? 'runs already.' : undefined),
    end: asItIs(cli),
  });
}

export function addStop(noun: Command, cli: Cli): void {
  const verb = addVerb(noun, 'stop', {
    summary: 'Asks programs to end (SIGTERM), and ends them after the grace',
    examples: [
      'cloud instance stop web worker',
      'cloud instance stop web --grace 60',
      'cloud instance stop --label app=shop --yes',
    ],
  }).option('--grace <seconds>', 'seconds each gets to end by itself (10 without it)', integer(0, 300));
  addBulk(verb, cli, instances, {
    infinitive: 'stop',
    participle: 'Stopping',
    act: async (id, { grace }: { grace?: number }) =>
      (await cli.cloud()).instances.stop(id, { grace_seconds: grace }),
    already: ({ status }) => (status?.state === 'stopped' ? 'is stopped already.' : undefined),
    end: asItIs(cli),
  });
}

export function addRestart(noun: Command, cli: Cli): void {
  const verb = addVerb(noun, 'restart', {
    summary: 'Stops and starts instances',
    examples: ['cloud instance restart web', 'cloud instance restart --label app=shop --yes'],
  });
  addBulk(verb, cli, instances, {
    infinitive: 'restart',
    participle: 'Restarting',
    act: async (id) => (await cli.cloud()).instances.restart(id),
    end: asItIs(cli),
  });
}

const asItIs =
  (cli: Cli) =>
  async ({ metadata }: Instance): Promise<Instance> =>
    (await cli.cloud()).instances.get(metadata.id);
