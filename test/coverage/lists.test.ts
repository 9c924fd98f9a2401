import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { methods, registry } from '@thecloud/api';
import type { MethodEntry } from '@thecloud/api';
import { buildProgram } from '../../cli/src/program';

/** Why a list has no filters. */
const UNFILTERED: Readonly<Record<string, string>> = {
  ListInstanceTypes: 'a fixed catalogue, whole in one answer',
};
/** What of a list's request narrows nothing. */
const NO_FILTERS = ['page_size', 'page_token', 'id'];
/** Lists of what has an address, or is nobody's to name or label. */
const NAMELESS = ['ListMembers', 'ListOperations'];
const LABELLESS = [...NAMELESS, 'ListUsers'];

const lists = methods.filter((m) => m.http && /^List/.test(m.rpc) && !UNFILTERED[m.rpc]);
const named = lists.map((m) => [m.rpc, m] as const);
const filtersOf = ({ input }: MethodEntry): string[] =>
  (registry().getMessage(input)?.fields ?? [])
    .map(({ name }) => name)
    .filter((name) => !NO_FILTERS.includes(name));

it.each(named)(
  '%s is narrowed by name and label where there are any, and by something else',
  (rpc, method) => {
    const filters = filtersOf(method);
    const name = NAMELESS.includes(rpc) ? [] : ['name', 'name_prefix'];
    const label = LABELLESS.includes(rpc) ? [] : ['label'];
    expect(filters).toEqual(expect.arrayContaining([...name, ...label]));
    expect(filters).not.toEqual([]);
  },
);

it.each(named)('docs/api.md says what narrows %s', (_rpc, method) => {
  const page = readFileSync(join(__dirname, '../../docs/api.md'), 'utf8');
  const [row = ''] = page.split('\n').filter((line) => line.startsWith(`| \`${method.http?.path}\` `));
  const [, , cell = ''] = row.split('|');
  const said = [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  expect(said.sort()).toEqual(filtersOf(method).sort());
});

describe('the command line', () => {
  const COMMANDS: Readonly<Record<string, readonly [string, string]>> = {
    ListHostInstances: ['host', 'instances'],
    ListMembers: ['project', 'members'],
    ListApiKeys: ['key', 'list'],
  };
  /** Where the filter would be a strange name for an option. */
  const OPTIONS: Readonly<Record<string, string>> = {
    host_id: 'host',
    platform_admin: 'admin',
    project_id: 'of-project',
  };
  const { stdin, stdout, stderr } = process;
  const signal = new AbortController().signal;
  const program = buildProgram({ env: {}, stdin, stdout, stderr, signal });

  it.each(named)('has an option for each filter of %s', (rpc, method) => {
    const collection = method.http?.path.split('/').at(-1) ?? '';
    const [noun, verb] = COMMANDS[rpc] ?? [collection.replace(/s$/, ''), 'list'];
    const command = program.commands.find((one) => one.name() === noun);
    const options = command?.commands.find((one) => one.name() === verb)?.options.map(({ long }) => long);
    const wanted = filtersOf(method).map((filter) => `--${OPTIONS[filter] ?? filter.replaceAll('_', '-')}`);
    expect(options).toEqual(expect.arrayContaining(wanted));
  });
});

it('a watch of a list takes the same filters', () => {
  const different = methods
    .filter((m) => m.http && m.responseStream && /^Watch\w+s$/.test(m.rpc))
    .flatMap((m) => {
      const list = lists.find(({ rpc }) => rpc === m.rpc.replace('Watch', 'List'));
      const missing = list ? filtersOf(list).filter((one) => !filtersOf(m).includes(one)) : [];
      return missing.map((one) => `${m.rpc} ${one}`);
    });
  // An operation that ends would leave a watch of those that run without a word.
  expect(different).toEqual(['WatchOperations state']);
});
