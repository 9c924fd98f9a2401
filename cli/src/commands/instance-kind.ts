import type { Instance, InstancePort } from '@thecloud/sdk';
import type { Cli } from '../cli';
import { imageNames } from '../image-names';
import { age, type View } from '../output';
import {
  ageColumn,
  idColumn,
  idOf,
  metadataDetails,
  nameColumn,
  youngestFirst,
  type Kind,
} from '../resource';

type Port = Partial<InstancePort> & Pick<InstancePort, 'container_port'>;

// Where it answers, once it does; before, what was asked for.
function portsOf({ spec, status }: Instance): string {
  const ports: readonly Port[] = status?.ports?.length ? status.ports : (spec?.ports ?? []);
  return ports.map(portText).join(', ');
}

function portText({ address, host_port, container_port, protocol }: Port): string {
  const host = [address, host_port || 'any'].filter(Boolean).join(':');
  return `${host}->${container_port}/${protocol || 'tcp'}`;
}

const commandOf = ({ spec, status }: Instance) =>
  status?.hidden_fields?.includes('spec.command') ? '(hidden)' : spec?.command?.join(' ');
const entrypointOf = ({ spec, status }: Instance) =>
  status?.hidden_fields?.includes('spec.entrypoint')
    ? '(hidden)'
    : spec?.entrypoint?.map((part) => part || '""').join(' ');

const imageTitle = 'IMAGE';

/** With the names of images that are still there. Who may not see images sees their ids. */
async function withImageNames(cli: Cli, items: readonly Instance[]): Promise<View<Instance>> {
  const ids = items.map(({ spec }) => spec?.image ?? '').filter((image) => image.startsWith('img_'));
  if (ids.length === 0) return instances;
  const names = await imageNames(cli, ids);
  const value = ({ spec }: Instance) => names.get(spec.image) ?? spec.image;
  const columns = instances.columns.map((column) =>
    column.title === imageTitle ? { ...column, value } : column,
  );
  return { ...instances, columns };
}

export const instances: Kind<Instance> = {
  noun: 'instance',
  of: (cloud) => cloud.instances,
  watch: (cloud, filter) => cloud.instances.watchAll(filter),
  collection: 'instances',
  scope: 'project',
  nameFilter: true,
  labelFilter: true,
  named: withImageNames,
  id: idOf,
  columns: [
    nameColumn,
    {
      title: 'STATE',
      state: true,
      value: ({ status }) =>
        [status?.state, status?.reason && `(${status.reason})`].filter(Boolean).join(' '),
    },
    { title: 'TYPE', value: ({ spec }) => spec?.type },
    { title: imageTitle, value: ({ spec }) => spec?.image },
    { title: 'PORTS', value: portsOf },
    ageColumn,
    idColumn,
  ],
  details: [
    { title: 'MESSAGE', value: ({ status }) => status?.message },
    { title: 'ENTRYPOINT', value: entrypointOf },
    { title: 'COMMAND', value: commandOf },
    // Names only: values are often secrets, and tables end up on screens. -o json shows them.
    {
      title: 'ENVIRONMENT',
      value: ({ spec }) =>
        Object.keys(spec?.env ?? {})
          .sort()
          .join(' '),
    },
    { title: 'RESTART', value: ({ spec }) => spec?.restart_policy },
    { title: 'ON HOST LOSS', value: ({ spec }) => spec?.on_host_loss },
    { title: 'HOST', value: ({ status }) => status?.host_id, wide: true },
    { title: 'DIGEST', value: ({ status }) => status?.image_digest },
    {
      title: 'STARTED',
      value: ({ status }) => age(status?.started_at),
      sort: ({ status }) => youngestFirst(status?.started_at),
    },
    { title: 'RESTARTS', value: ({ status }) => status?.restart_count, wide: true },
    {
      title: 'EXIT CODE',
      value: ({ status }) => (/^(stopped|failed)$/.test(status?.state ?? '') ? status?.exit_code : undefined),
    },
    ...metadataDetails,
  ],
};

export const restartPolicies = ['always', 'on-failure', 'never'] as const;
export const hostLossPolicies = ['restart', 'keep'] as const;
export const instanceStates = [
  ...['provisioning', 'starting', 'running', 'stopping', 'stopped', 'failed', 'deleting'],
];
