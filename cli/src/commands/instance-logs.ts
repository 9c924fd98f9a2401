import { fromBase64 } from '@thecloud/sdk';
import type { Command } from 'commander';
import type { Cli } from '../cli';
import { follow } from '../following';
import { addVerb } from '../noun';
import { integer, past } from '../parse';
import { resolveId } from '../resource';
import { write } from '../write';
import { instances } from './instance-kind';

interface LogOptions {
  follow?: boolean;
  tail?: number;
  since?: string;
  timestamps?: boolean;
}

export function addLogs(noun: Command, cli: Cli): void {
  addVerb(noun, 'logs <instance>', {
    summary: 'Prints what an instance wrote to its standard output and error',
    aliases: ['log'],
    notes:
      'What it wrote to standard error is printed to standard error. A stopped or failed instance has its logs still.',
    examples: [
      'cloud instance logs web',
      'cloud instance logs web -f --tail 20',
      'cloud instance logs web --since 10m --timestamps | grep ERROR',
    ],
  })
    .option('-f, --follow', 'go on with what is written next, until you press Ctrl-C')
    .option('--tail <n>', 'only the last so many lines', integer(0, 100_000))
    .option('--since <when>', 'only what was written since: 30s, 10m, 12h, or a date', past)
    .option('--timestamps', 'put the time before each line')
    .action(async (nameOrId: string, options: LogOptions) => {
      const id = await resolveId(cli, instances, nameOrId);
      const chunks = (await cli.cloud()).instances.logs(id, { ...options });
      const print = (chunk: { stream: string; data: string }) =>
        write(chunk.stream === 'stderr' ? cli.io.stderr : cli.io.stdout, fromBase64(chunk.data));
      if (options.follow) return follow(cli.io, chunks, print);
      for await (const chunk of chunks) await print(chunk);
    });
}
