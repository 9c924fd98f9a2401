import type { ListOperationsRequest, Operation } from '@thecloud/sdk';
import type { Command } from 'commander';
import type { Cli } from '../cli';
import { stateOption } from '../completion/suggestions';
import { addLayoutOptions, sorted, type Layout } from '../columns';
import { follow } from '../following';
import { addNoun, addVerb } from '../noun';
import { age, duration, type View } from '../output';
import { integer } from '../parse';
import { youngestFirst } from '../resource';
import { defaultWaitSeconds, stepText, waitForOperation } from '../waiting';

const took = (from: string | undefined, to: string | undefined) =>
  from && to ? duration(Date.parse(to) - Date.parse(from)) : undefined;

const operations: View<Operation> = {
  id: (operation) => operation.id,
  columns: [
    { title: 'ID', value: (operation) => operation.id },
    { title: 'KIND', value: (operation) => operation.kind },
    { title: 'STATE', state: true, value: (operation) => operation.state },
    { title: 'STEP', value: stepText },
    { title: 'RESOURCE', value: (operation) => operation.resource_id },
    { title: 'NAME', value: (operation) => operation.resource_name },
    {
      title: 'TOOK',
      value: (operation) => took(operation.created_at, operation.ended_at),
      sort: ({ created_at: from, ended_at: to }) => from && to && Date.parse(to) - Date.parse(from),
    },
    {
      title: 'AGE',
      value: (operation) => age(operation.created_at),
      sort: (operation) => youngestFirst(operation.created_at),
    },
  ],
  details: [
    { title: 'ASKED BY', value: (operation) => operation.requested_by, wide: true },
    { title: 'REASON', value: (operation) => operation.error?.reason, wide: true },
    { title: 'MESSAGE', value: (operation) => operation.error?.message },
    { title: 'ADVICE', value: (operation) => operation.error?.advice },
  ],
};

interface Wanted {
  resource?: string;
  kind?: string;
  state?: ListOperationsRequest['state'];
  limit: number;
  watch?: boolean;
}

export function addOperations(program: Command, cli: Cli): void {
  const noun = addNoun(program, 'operation', {
    summary: 'Operations: what was asked for, how far it got, how it ended',
    aliases: ['operations', 'op'],
    examples: ['cloud operation list', 'cloud operation wait op_01jd3y7x5w8f0a9s2k4m6n8p0q'],
  });

  const list = addVerb(noun, 'list', {
    summary: 'Lists operations of the project, newest first',
    aliases: ['ls'],
    examples: [
      'cloud operation list --limit 20',
      'cloud operation list --state failed --kind instance.create',
      'cloud operation list --resource web',
      'cloud operation list --resource ins_01jd3y7x5w8f0a9s2k4m6n8p0q',
    ],
  })
    .option('--resource <resource>', 'only those on this resource: its id, or a name that it has or had')
    .option('--kind <noun.verb>', 'only those of this kind, such as instance.create')
    .addOption(stateOption('pending', 'running', 'succeeded', 'failed', 'superseded'))
    .option('--limit <n>', 'show at most this many', integer(1, 10_000), 50)
    .option('-w, --watch', 'show what goes on, and each change of it, until you press Ctrl-C');
  addLayoutOptions(list, operations).action(
    async ({ resource, kind, state, limit, watch, ...options }: Layout & Wanted) => {
      if (watch) {
        const row = cli.rows<Operation>(options);
        const stream = (await cli.cloud()).operations.watchAll({ resource, kind });
        return follow(cli.io, stream, (operation) => row(operations, operation));
      }
      const pages = (await cli.cloud()).operations.list({ resource, kind, state });
      const found = await pages.take(limit);
      const items = sorted(operations, found.items, options);
      cli.printList(
        operations,
        items,
        { operations: items, next_page_token: found.next_page_token },
        options,
      );
    },
  );

  addVerb(noun, 'show <operation>', {
    summary: 'Shows one operation and its steps',
    aliases: ['get'],
    examples: ['cloud operation show op_01jd3y7x5w8f0a9s2k4m6n8p0q'],
  }).action(async (id: string) => print(cli, await (await cli.cloud()).operations.get(id)));

  addVerb(noun, 'wait <operation>', {
    summary: 'Waits until an operation has ended; its failure is exit code 6',
    examples: ['cloud operation wait op_01jd3y7x5w8f0a9s2k4m6n8p0q --timeout 60'],
  })
    .option('--timeout <seconds>', 'how long to wait', integer(1, 86_400), defaultWaitSeconds)
    .action(async (id: string, options: { timeout: number }) => {
      const title = `Waiting for ${id}`;
      print(cli, await waitForOperation(cli, id, { title, timeoutSeconds: options.timeout }));
    });
}

function print(cli: Cli, operation: Operation): void {
  const steps = (operation.steps ?? []).map((step, index) => ({
    title: index === 0 ? 'STEPS' : '',
    value: () =>
      [step.state, step.name, step.message, took(step.started_at, step.ended_at)].filter(Boolean).join('  '),
  }));
  cli.printOne({ ...operations, details: [...(operations.details ?? []), ...steps] }, operation);
}
