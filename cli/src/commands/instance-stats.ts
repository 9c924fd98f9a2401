import type { InstanceStats } from '@thecloud/sdk';
import type { Command } from 'commander';
import type { Cli } from '../cli';
import { follow } from '../following';
import { addVerb } from '../noun';
import { size, type View } from '../output';
import { integer } from '../parse';
import { resolveId } from '../resource';
import { instances } from './instance-kind';

const bytes = (text: string | undefined) => (text === undefined ? undefined : size(Number(text)));

/** Of the instance of that name; ids only is nothing to show of a measurement but its time. */
const statsOf = (name: string): View<InstanceStats> => ({
  id: (stats) => stats.time ?? '',
  columns: [
    { title: 'INSTANCE', value: () => name },
    { title: 'CPU', value: ({ cpu }) => cpu && `${cpu.percent.toFixed(1)} %` },
    { title: 'MEMORY', value: ({ memory }) => bytes(memory?.used_bytes) },
    { title: 'LIMIT', value: ({ memory }) => bytes(memory?.limit_bytes) },
    { title: 'RECEIVED', value: ({ network }) => bytes(network?.rx_bytes) },
    { title: 'SENT', value: ({ network }) => bytes(network?.tx_bytes) },
    { title: 'PIDS', value: ({ pids }) => pids && `${pids.used}/${pids.limit}` },
  ],
});

export function addStats(noun: Command, cli: Cli): void {
  addVerb(noun, 'stats <instance>', {
    summary: 'Shows what a running instance uses: processor, memory, network, processes',
    aliases: ['top'],
    notes: 'CPU is of one vCPU: 250 % is two and a half of them busy. Sums count from the last start.',
    examples: [
      'cloud instance stats web',
      'cloud instance stats web --watch --interval 5',
      'cloud instance stats web -o json',
    ],
  })
    .option('-w, --watch', 'measure again and again, until the instance stops or you press Ctrl-C')
    .option('--interval <seconds>', 'between two measurements', integer(1, 60), 1)
    .action(async (nameOrId: string, options: { watch?: boolean; interval: number }) => {
      const id = await resolveId(cli, instances, nameOrId);
      const cloud = await cli.cloud();
      const view = statsOf(nameOrId);
      if (!options.watch) return cli.printOne(view, await cloud.instances.stats(id));
      const row = cli.rows<InstanceStats>();
      const stream = cloud.instances.watchStats(id, { interval_seconds: options.interval });
      await follow(cli.io, stream, (stats) => row(view, stats));
    });
}
