import { Option, type Command } from 'commander';
import type { Cli } from '../cli';
import { CliError, exitCodes } from '../exit-codes';
import { addVerb } from '../noun';
import { integer } from '../parse';
import { pathOf, resolveId } from '../resource';
import { defaultWaitSeconds, waitUntil } from '../wait';
import { instances, type Instance } from './instance-kind';

const states = ['running', 'stopped', 'failed', 'deleted'];

export function addWait(noun: Command, cli: Cli): void {
  addVerb(noun, 'wait <instance>', {
    summary: 'Waits until an instance is in a state; if it fails instead, that is exit code 6',
    examples: ['cloud instance wait web --for running', 'cloud instance wait web --for deleted --timeout 60'],
  })
    .addOption(new Option('--for <state>', 'the state to wait for').choices(states).default('running'))
    .option('--timeout <seconds>', 'how long to wait', integer(1, 86_400), defaultWaitSeconds)
    .action(async (nameOrId: string, options: { for: string; timeout: number }) => {
      const instance = await waitForState(cli, nameOrId, options.for, options.timeout);
      if (instance) cli.printOne(instances, instance);
    });
}

async function waitForState(cli: Cli, nameOrId: string, wanted: string, timeoutSeconds: number) {
  const advice = `Look at it with: cloud instance show ${nameOrId}`;
  const title = `Waiting for ${nameOrId} to be ${wanted}`;
  const found = await waitUntil(cli, { title, timeoutSeconds, advice }, async (update) => {
    const instance = await look(cli, nameOrId, wanted);
    const { state, message } = instance?.status ?? {};
    if (!instance || state === wanted) return { instance };
    const over = state === 'failed' || (state === 'deleted' && wanted !== 'deleted');
    if (over) {
      const why = [instance.status?.reason, message].filter(Boolean).join(': ');
      throw new CliError(
        exitCodes.operationFailed,
        `${nameOrId} is ${state}${why ? `: ${why}` : ''}`,
        advice,
      );
    }
    update([state, message].filter(Boolean).join(': '));
    return undefined;
  });
  return found.instance;
}

/** undefined: it is gone, and that is what was waited for. */
async function look(cli: Cli, nameOrId: string, wanted: string): Promise<Instance | undefined> {
  try {
    return await cli.get<Instance>(pathOf(instances, await resolveId(cli, instances, nameOrId)));
  } catch (error) {
    const gone = error instanceof CliError && error.exitCode === exitCodes.notFound;
    if (gone && wanted === 'deleted') return undefined;
    throw error;
  }
}
