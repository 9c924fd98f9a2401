import type { Host, Instance, ListHostInstancesRequest } from '@thecloud/sdk';
import type { Command } from 'commander';
import type { Cli } from '../cli';
import { stateOption } from '../completion/suggestions';
import { addLayoutOptions, sorted, type Layout } from '../columns';
import { addNameFilter, byName, type NameFilter } from '../filters';
import { addList, addNoun, addRemove, addShow, addVerb } from '../noun';
import { age, vcpus, type View } from '../output';
import { integer, pair } from '../parse';
import {
  ageColumn,
  idColumn,
  idOf,
  metadataDetails,
  nameColumn,
  resolveId,
  youngestFirst,
  type Kind,
} from '../resource';
import { keepSecret } from '../secret-file';
import { instances, instanceStates } from './instance-kind';

const words = (...parts: (string | undefined)[]) => parts.filter(Boolean).join(' ');

const clockOf = (ms: number) =>
  ms === 0 ? 'with the control plane' : `${Math.abs(ms)} ms ${ms > 0 ? 'ahead' : 'behind'}`;

export const hosts: Kind<Host> = {
  noun: 'host',
  of: (cloud) => cloud.hosts,
  watch: (cloud, filter) => cloud.hosts.watchAll(filter),
  collection: 'hosts',
  scope: 'platform',
  nameFilter: true,
  id: idOf,
  columns: [
    nameColumn,
    {
      title: 'STATE',
      state: true,
      value: ({ spec, status }) => words(status?.state, spec?.cordoned ? '(cordoned)' : ''),
    },
    { title: 'INSTANCES', value: ({ status }) => status?.instance_count ?? 0 },
    {
      title: 'VCPUS',
      value: ({ status }) => {
        const { allocated_cpu_millicores: taken, allocated_vcpus: whole, inventory: all } = status ?? {};
        return `${vcpus(taken, whole)}/${vcpus(all?.cpu_millicores, all?.vcpus)}`;
      },
    },
    {
      title: 'MEMORY MIB',
      value: ({ status }) => `${status?.allocated_memory_mib ?? 0}/${status?.inventory?.memory_mib ?? 0}`,
    },
    { title: 'ADDRESS', value: ({ status }) => status?.inventory?.address },
    {
      title: 'SEEN',
      value: ({ status }) => age(status?.last_seen_at),
      sort: ({ status }) => youngestFirst(status?.last_seen_at),
    },
    ageColumn,
    idColumn,
  ],
  details: [
    { title: 'REASON', value: ({ status }) => words(status?.reason, status?.message) },
    { title: 'HOSTNAME', value: ({ status }) => status?.inventory?.hostname, wide: true },
    {
      title: 'DRIVER',
      value: ({ status }) => words(status?.inventory?.driver, status?.inventory?.driver_version),
    },
    { title: 'CLOCK', value: ({ status }) => status?.last_seen_at && clockOf(status.clock_offset_ms ?? 0) },
    { title: 'AGENT', value: ({ status }) => status?.inventory?.agent_version, wide: true },
    {
      title: 'KERNEL',
      value: ({ status }) => words(status?.inventory?.kernel, status?.inventory?.architecture),
    },
    ...metadataDetails,
  ],
};

export function addHosts(program: Command, cli: Cli): void {
  const noun = addNoun(program, 'host', {
    summary: 'Machines that run instances (for administrators)',
    aliases: ['hosts'],
    examples: ['cloud host list', 'cloud host cordon rack1-a'],
  });
  addList(
    noun,
    cli,
    hosts,
    { examples: ['cloud host list', 'cloud host ls --state ready --label zone=a -o json'], byName: true },
    ({ state, cordoned }: Filter) => ({ state, cordoned }),
  )
    .addOption(stateOption('joining', 'ready', 'suspect', 'dead'))
    .option('--cordoned', 'only those that get nothing new')
    .option('--no-cordoned', 'only those that are not cordoned');
  addShow(noun, cli, hosts, { examples: ['cloud host show rack1-a'] });
  addHostInstances(noun, cli);
  addJoin(noun, cli);
  addCordon(noun, cli, 'cordon', 'Places nothing new on a host; what runs goes on');
  addCordon(noun, cli, 'uncordon', 'Lets instances be placed on a host again');
  addRemove(noun, cli, hosts, {
    summary: 'Removes hosts that carry no instances; their agents are refused from then on',
    examples: ['cloud host rm rack1-a'],
  });
}

interface Filter {
  state?: string;
  cordoned?: boolean;
}

/** Images are their projects' own, and have no names here. */
const carried: View<Instance> = {
  ...instances,
  columns: [
    ...instances.columns.filter(({ title }) => title !== 'IMAGE'),
    { title: 'PROJECT', value: ({ metadata }) => metadata.project_id },
  ],
};

function addHostInstances(noun: Command, cli: Cli): void {
  const verb = addNameFilter(
    addVerb(noun, 'instances <host>', {
      summary: 'Lists all instances of a host, of every project',
      examples: [
        'cloud host instances rack1-a',
        'cloud host instances rack1-a --state running --name-prefix web -q',
      ],
    }),
  )
    .addOption(stateOption(...instanceStates))
    .option('--type <type>', 'only those of this type')
    .option('--of-project <id>', 'only those of this project')
    .option('--limit <n>', 'show at most this many', integer(1, 100_000), 1_000);
  addLayoutOptions(verb, carried).action(async (host: string, { limit, ...options }: Layout & Carried) => {
    const { state, name, namePrefix, label, type, ofProject, ...layout } = options;
    const id = await resolveId(cli, hosts, host);
    const pages = (await cli.cloud('platform')).hosts.listInstances(id, {
      ...{ state, type, project_id: ofProject },
      ...byName({ name, namePrefix, label }),
    });
    const { items: found, next_page_token } = await pages.take(limit);
    const items = sorted(carried, found, layout);
    cli.printList(carried, items, { instances: items, next_page_token }, layout);
    if (next_page_token) cli.warn(`There are more: see them with --limit ${limit * 10}.`);
  });
}

interface Carried extends NameFilter {
  state?: ListHostInstancesRequest['state'];
  type?: string;
  ofProject?: string;
  limit: number;
}

function addJoin(noun: Command, cli: Cli): void {
  addVerb(noun, 'add <name>', {
    summary: 'Announces a host and makes the token that its agent joins with, good for one hour',
    examples: ['cloud host add rack1-a --token-file join-token', 'cloud host add rack1-a --label zone=a'],
  })
    .option('--label <key=value>', 'label, repeatable', pair)
    .option('--token-file <file>', 'write the token into this new file (0600) instead of showing it')
    .action(async (name: string, options: { label?: Record<string, string>; tokenFile?: string }) => {
      const join = async () => (await cli.cloud('platform')).hosts.create({ name, labels: options.label });
      if (options.tokenFile) {
        const { host } = await keepSecret(options.tokenFile, join, (answer) => answer.join_token);
        cli.printOne(hosts, host!);
        return;
      }
      const answer = await join();
      const token = { title: 'JOIN TOKEN', value: () => answer.join_token };
      cli.printOne({ ...hosts, columns: [...hosts.columns, token] }, answer.host!, answer);
    });
}

function addCordon(noun: Command, cli: Cli, verb: 'cordon' | 'uncordon', summary: string): void {
  addVerb(noun, `${verb} <host>`, { summary, examples: [`cloud host ${verb} rack1-a`] }).action(
    async (nameOrId: string) => {
      const id = await resolveId(cli, hosts, nameOrId);
      cli.printOne(hosts, await (await cli.cloud('platform')).hosts[verb](id));
    },
  );
}
