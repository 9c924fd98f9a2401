import { sources } from './outside-calls';

/**
 * The scope 'system' sees the rows of all projects. It is asked for by name, here and nowhere else; a call that is made
 * for nobody has no scope (`scopeOf`).
 */
const ASKED_FOR_IN: Record<string, string> = {
  'packages/service-kit/src/db/connection.ts': 'what it is',
  'packages/service-kit/src/db/tables.ts': 'what row-level security makes of it',
  'packages/service-kit/src/db/kept-answers.ts': 'methods that are declared for administrators',
  'packages/service-kit/src/db/work-source.ts': 'the queue of controllers, who work for all projects',
  'packages/service-kit/src/operation/operation-pruning.ts': 'removes old operations of all projects',
  'packages/service-kit/src/db/standing-keys.ts': 'controllers have keys that belong to no project',
  'packages/service-kit/src/events/event-effects.ts': 'an event may be of any project; its effect is to wake',
  'packages/service-kit/src/hosts/stored-reports.ts': 'hosts belong to no project',
  'packages/service-kit/src/events/outbox.ts': 'the relay publishes the events of all projects',
  'services/identity/src/postgres-schema.ts': 'what row-level security makes of it',
  'services/identity/src/seed.ts': 'the first administrator and his project, before there is anybody',
  'services/identity/src/rescue-administrator.ts': 'the operator of the machine, who has no account',
  'services/identity/src/housekeeping.ts': 'deletes what is outdated of everybody',
  'services/identity/src/user/user.rpc.ts': 'accounts belong to no project; a new one has no caller',
  'services/identity/src/user/user-administration.rpc.ts': 'administrators see all accounts',
  'services/identity/src/user/change-password.ts': 'an account belongs to no project',
  'services/identity/src/session/log-in.ts': 'who signs in is not known before',
  'services/identity/src/member/member.rpc.ts': 'finds the account of a new member by its address',
  'services/identity/src/token/token.rpc.ts': 'a credential says whose it is',
  'services/identity/src/token/last-use.ts': 'notes the last use of keys of all projects at once',
  'services/identity/src/certificate/revoked-peers.ts': 'certificates of processes belong to no project',
  'services/identity/src/project/project-removal.rpc.ts':
    'compute says that a project is empty; nobody is in it',
  'services/identity/src/project/project-access.rpc.ts':
    'compute asks what a person may do in another project',
  'services/compute/src/service.ts': 'hosts belong to no project, their ports are taken by all',
  'services/compute/src/host/host.rpc.ts': 'hosts belong to no project',
  'services/compute/src/host/host-instances.ts': 'an administrator looks at all instances of a host',
  'services/compute/src/host/host.controller.ts': 'a controller',
  'services/compute/src/host/report.rpc.ts': 'hosts belong to no project',
  'services/compute/src/host/reported-instances.ts': 'a host reports the instances of all projects',
  'services/compute/src/placement/placer.ts': 'hosts carry the instances of all projects',
  'services/compute/src/instance/instance.controller.ts': 'a controller',
  'services/compute/src/instance/owned-instance.rpc.ts': 'a service lists what it owns, in all projects',
  'services/compute/src/image/image.controller.ts': 'a controller',
  'services/compute/src/image/image-sweep.controller.ts': 'a controller',
  'services/compute/src/project/project.controller.ts': 'a controller',
  'services/compute/src/project/project-deletion.rpc.ts':
    'a write in a project holds its lock shared; closing takes it alone',
};
const askedForIn = new Set(
  sources()
    .filter(({ text }) => /(?<!=== |\| )'system'/.test(text))
    .map(({ file }) => file),
);

it('sees everybody only where a reason stands', () => {
  expect([...askedForIn].filter((file) => !(file in ASKED_FOR_IN))).toEqual([]);
});

it('lists nothing that is not there', () => {
  expect(Object.keys(ASKED_FOR_IN).filter((file) => !askedForIn.has(file))).toEqual([]);
});
