import type { Event } from '@thecloud/sdk';
import { Option, type Command } from 'commander';
import type { Cli } from '../cli';
import { suggest } from '../completion/suggestions';
import { follow } from '../following';
import { addVerb } from '../noun';
import type { View } from '../output';
import { repeated } from '../parse';

const text = (value: unknown) => (typeof value === 'string' ? value : '');

const events: View<Event> = {
  id: (event) => event.id,
  columns: [
    { title: 'TIME', value: (event) => event.time },
    { title: 'TYPE', value: (event) => event.type.replace(/^thecloud\./, '') },
    { title: 'SUBJECT', value: (event) => event.subject },
    { title: 'NAME', value: ({ data }) => text(data?.name) || text(data?.email) },
    {
      title: 'STATE',
      state: true,
      value: ({ data }) => [text(data?.state), text(data?.reason)].filter(Boolean).join(' '),
    },
    { title: 'ID', value: (event) => event.id },
  ],
};

/** Without -f, so long a silence means that nothing more was kept, in milliseconds. */
const silenceMs = 2_000;

interface EventsOptions {
  follow?: boolean;
  after?: string;
  type?: string[];
  subject?: string;
}

export function addEvents(program: Command, cli: Cli): void {
  addVerb(program, 'events', {
    summary: 'Shows what happens in the project, as it happens',
    notes:
      'When the connection is lost it goes on after the last event it has shown: none is left out, none comes twice. ' +
      'To go on later, keep the last id (-q prints nothing else) and give it to --after. Without -f it ends after ' +
      `${silenceMs / 1000} s in which nothing came. -o json prints CloudEvents, one a line.`,
    examples: [
      'cloud events -f',
      'cloud events -f --type instance. --type image.',
      'cloud events --after evt_01jd3y7x5w8f0a9s2k4m6n8p0q -o json',
    ],
  })
    .option('-f, --follow', 'go on until you press Ctrl-C')
    .option('--after <id>', 'begin after this event instead of now')
    .addOption(
      suggest(
        new Option('--type <prefix>', 'only types that begin so, repeatable: instance. or instance.changed'),
        [
          'instance.',
          'image.',
          'operation.',
          'ssh-key.',
          'host.',
          'project.',
          'member.',
          'api-key.',
          'user.',
        ],
      ).argParser(repeated),
    )
    .option('--subject <id>', 'only about this resource')
    .action(async ({ follow: forever, after, type = [], subject }: EventsOptions) => {
      const types = type.map((each) => (each.startsWith('thecloud.') ? each : `thecloud.${each}`));
      const stream = (await cli.cloud()).events.watch({ after, type: types, subject });
      const row = cli.rows<Event>();
      const silence = forever ? undefined : setTimeout(() => stream.close(), silenceMs);
      try {
        await follow(cli.io, stream, (event) => {
          silence?.refresh();
          row(events, event);
        });
      } finally {
        clearTimeout(silence);
      }
    });
}
