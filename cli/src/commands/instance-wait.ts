import { Option, type Command } from 'commander';
import type { Cli } from '../cli';
import { CliError, exitCodes } from '../exit-codes';
import { addVerb, print } from '../noun';
import { integer } from '../parse';
import { resolveId } from '../resource';
import { defaultWaitSeconds, waitForInstance } from '../waiting';
import { instances } from './instance-kind';

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
      if (instance) await print(cli, instances, instance);
    });
}

/** undefined: it is gone, and that is what was waited for. */
async function waitForState(cli: Cli, nameOrId: string, wanted: string, timeoutSeconds: number) {
  const title = `Waiting for ${nameOrId} to be ${wanted}`;
  const advice = `Look at it with: cloud instance show ${nameOrId}`;
  const id = await resolveId(cli, instances, nameOrId).catch((error: unknown) => {
    const gone = error instanceof CliError && error.exitCode === exitCodes.notFound;
    if (gone && wanted === 'deleted') return undefined;
    throw error;
  });
  return id && waitForInstance(cli, id, wanted, { title, timeoutSeconds }, advice);
}
