import type { ApiKey } from '@thecloud/sdk';
import { Option, type Command } from 'commander';
import type { Cli } from '../cli';
import { addList, addNoun, addRemove, addShow, addVerb } from '../noun';
import { age } from '../output';
import { moment, pair } from '../parse';
import {
  ageColumn,
  idColumn,
  idOf,
  metadataDetails,
  nameColumn,
  youngestFirst,
  type Kind,
} from '../resource';
import { keepSecret } from '../secret-file';

const apiKeys: Kind<ApiKey> = {
  noun: 'key',
  of: (cloud) => cloud.apiKeys,
  collection: 'api_keys',
  scope: 'project',
  nameFilter: false,
  id: idOf,
  columns: [
    nameColumn,
    { title: 'ROLE', value: (key) => key.role },
    { title: 'PREFIX', value: (key) => key.prefix },
    { title: 'USED', value: (key) => age(key.last_used_at), sort: (key) => youngestFirst(key.last_used_at) },
    { title: 'EXPIRES', value: (key) => key.expires_at },
    ageColumn,
    idColumn,
  ],
  details: [{ title: 'MADE BY', value: (key) => key.created_by, wide: true }, ...metadataDetails],
};

interface CreateOptions {
  label?: Record<string, string>;
  role: Role;
  expires?: string;
  secretFile?: string;
}

interface Filter {
  role?: Role;
  state?: string;
}

export const roles = ['owner', 'admin', 'developer', 'viewer'] as const;
export type Role = (typeof roles)[number];

export function addApiKeys(program: Command, cli: Cli): void {
  const noun = addNoun(program, 'key', {
    summary: 'API keys: credentials of programs, for one project',
    aliases: ['keys', 'api-key'],
    examples: ['cloud key create ci --role developer --expires 30d'],
  });
  addList(
    noun,
    cli,
    apiKeys,
    { examples: ['cloud key list', 'cloud key list --state expired'], byName: true },
    ({ role, state }: Filter) => ({ role, state }),
  )
    .addOption(new Option('--role <role>', 'only those of this role').choices(roles))
    .addOption(new Option('--state <state>', 'only those in this state').choices(['active', 'expired']));
  addShow(noun, cli, apiKeys, { examples: ['cloud key show ci'] });
  addRemove(noun, cli, apiKeys, {
    summary: 'Revokes keys everywhere within 5 seconds, for good',
    examples: ['cloud key revoke ci'],
  }).alias('revoke');

  addVerb(noun, 'create <name>', {
    summary: 'Makes a key and shows its secret, this once',
    examples: [
      'cloud key create ci --expires 30d --label env=test',
      'cloud key create deploy --role admin --secret-file deploy.key',
    ],
    notes: 'With -q only the secret is printed, as nothing can show it later.',
  })
    .addOption(new Option('--role <role>', 'what it may do').choices(roles).default('developer'))
    .option('--label <key=value>', 'label, repeatable', pair)
    .option('--expires <when>', 'when it ends: 12h, 30d, or a date; without it, never', moment)
    .option('--secret-file <file>', 'write the secret into this new file (0600) instead of showing it')
    .action(async (name: string, options: CreateOptions) => {
      const request = { name, labels: options.label, role: options.role, expires_at: options.expires };
      const create = async () => (await cli.cloud()).apiKeys.create(request);
      if (options.secretFile) {
        const key = await keepSecret(options.secretFile, create, (made) => made.secret);
        cli.printOne(apiKeys, key, { ...key, secret: undefined });
        return;
      }
      const secret = { title: 'SECRET', value: (made: ApiKey) => made.secret };
      const columns = [...apiKeys.columns, secret];
      cli.printOne({ ...apiKeys, id: (made) => made.secret, columns }, await create());
      cli.note('Keep the secret now: it is not shown again.');
    });
}
