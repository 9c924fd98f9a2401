import { randomUUID } from 'node:crypto';
import { methods } from '@thecloud/api';
import type { MethodEntry } from '@thecloud/api';
import { idOf } from '../api';
import type { Body, Api } from '../api';
import type { Cloud } from '../cloud';
import { Stream } from '../json-lines';
import { sharedCloud } from './shared-cloud';

let cloud: Cloud;
/** An administrator of the installation as a person is one: signed in, with no project named. */
let person: Api;

beforeAll(async () => {
  cloud = await sharedCloud();
  const nobody = cloud.as('');
  const account = { email: newEmail(), password: randomUUID() };
  const { id } = (await nobody.call('POST', '/v1/users', account)).body as { id: string };
  await cloud.admin.call('POST', `/v1/users/${id}:grantAdministrator`, {});
  person = cloud.as((await nobody.call('POST', '/v1/sessions', account)).body.token ?? '');
});

// `cloud doctor`, in another part, would complain of a host that never joins.
afterAll(async () => {
  for (const host of (await cloud.admin.call('GET', '/v1/hosts?state=joining')).body.hosts ?? [])
    await cloud.admin.call('DELETE', `/v1/hosts/${idOf(host)}`);
});

const newEmail = () => `${randomUUID()}@example.com`;
const newName = () => `n${randomUUID()}`;

/** A new thing of each kind that these methods are told the id of; `undo` leaves the shared cloud as it was. */
const made: Record<string, { make: () => Promise<string>; undo?: (id: string) => Promise<unknown> }> = {
  users: {
    make: async () => {
      const { body } = await cloud.admin.call('POST', '/v1/users:create', { email: newEmail() });
      return (body as { user: { id: string } }).user.id;
    },
  },
  hosts: {
    make: async () => {
      const { body } = await cloud.admin.call('POST', '/v1/hosts', { name: newName() });
      return idOf((body as { host: Body }).host);
    },
    undo: (id) => cloud.admin.call('DELETE', `/v1/hosts/${id}`),
  },
  images: {
    make: async () => idOf(await cloud.importStarter(cloud.admin, newName())),
    undo: async (id) => {
      await cloud.admin.call('POST', `/v1/images/${id}:unshare`, {});
      await cloud.admin.call('DELETE', `/v1/images/${id}`);
    },
  },
};

/** Bodies, for the methods that need one. */
const bodies: Record<string, () => object> = {
  CreateUser: () => ({ email: newEmail() }),
  CreateHost: () => ({ name: newName() }),
};

/** Queries, for the routes that need one: a deleted account leaves its first project to somebody. */
const queries: Record<string, string> = { DeleteUser: '?hand_over_to=admin@example.com' };

const forAdministrators = methods.filter((m) => m.http && m.auth.scope === 'platform');

it.each(forAdministrators.map((m) => [m.rpc, m] as const))(
  '%s is answered to a signed-in administrator who names no project',
  async (rpc, { http, responseStream }: MethodEntry) => {
    const { verb = '', path = '' } = http ?? {};
    const [, , collection = ''] = path.split(/[/:]/);
    const kind = path.includes('{') ? made[collection] : undefined;
    if (path.includes('{') && !kind) throw new Error(`teach this test to make something of ${path}`);
    const id = (await kind?.make()) ?? '';
    const to = path.replace(/\{[^}]+\}/, id) + (queries[rpc] ?? '');
    try {
      if (responseStream) (await Stream.open(person, to)).close();
      else {
        const body = verb === 'POST' ? (bodies[rpc]?.() ?? {}) : undefined;
        const answer = await person.call(verb, to, body);
        expect({ rpc, status: answer.status, reason: answer.body.reason }).toMatchObject({
          status: rpc.startsWith('Create') ? 201 : 200,
        });
      }
    } finally {
      await kind?.undo?.(id);
    }
  },
);

it('shows an administrator whose image is shared', async () => {
  const image = await cloud.importStarter(cloud.admin, newName());
  const { project_id, id = '' } = image.metadata ?? {};
  for (const verb of ['share', 'unshare'])
    expect(await person.call('POST', `/v1/images/${id}:${verb}`, {})).toMatchObject({
      status: 200,
      body: { metadata: { project_id } },
    });
  await cloud.admin.call('DELETE', `/v1/images/${id}`);
});
