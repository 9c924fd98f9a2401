import { randomUUID } from 'node:crypto';
import { methods } from '@thecloud/api';
import { idOf } from './api';
import type { Body, Api } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';
import { publicKey } from './things';

jest.setTimeout(60_000);
let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ driver: 'noop' });
  await cloud.importStarter();
});
afterAll(() => cloud.close());

/** A request as it is sent twice, and how another one differs that comes under the same key. */
interface Repeated {
  readonly as?: Api;
  readonly id?: string;
  readonly body?: object;
  /** Left out where nothing can differ: then the other request is one of another method. */
  readonly other?: { readonly id: string } | { readonly body: object };
  readonly headers?: Record<string, string>;
}

const name = () => `n-${randomUUID().slice(0, 8)}`;
const email = () => `${randomUUID()}@example.com`;
const made = async (path: string, body: object, as = cloud.admin, headers?: Record<string, string>) =>
  (await as.call('POST', path, body, headers)).body;
const anotherId = { id: 'another' };
const anotherName = { body: { name: 'another' } };

async function newHost(): Promise<Repeated> {
  const { host } = (await made('/v1/hosts', { name: name() })) as { host: Body };
  return { id: idOf(host), other: anotherId };
}
async function newInstance(): Promise<Repeated> {
  const id = idOf(await cloud.admin.launch(name()));
  await cloud.admin.reaches(id, 'running');
  return { id, other: anotherId };
}
async function stoppedInstance(): Promise<Repeated> {
  const { id = '', other } = await newInstance();
  await cloud.admin.call('POST', `/v1/instances/${id}:stop`, {});
  await cloud.admin.reaches(id, 'stopped');
  return { id, other };
}
const newImage = async (): Promise<Repeated> => ({
  id: idOf(await cloud.importStarter(cloud.admin, name())),
  other: anotherId,
});
const newSshKey = async (): Promise<Repeated> => ({
  id: idOf(await made('/v1/ssh-keys', { name: name(), public_key: publicKey() })),
  other: anotherId,
});
async function newUser(): Promise<Repeated & { readonly email: string }> {
  const address = email();
  const { user } = (await made('/v1/users:create', { email: address })) as { user: { id: string } };
  return { id: user.id, email: address, other: anotherId };
}
async function newMember(): Promise<Repeated> {
  const user = await newUser();
  await made('/v1/members', { email: user.email, role: 'viewer' });
  return user;
}
/** Somebody signed in, within a project of their own. */
async function newPerson() {
  const account = { email: email(), password: randomUUID() };
  await made('/v1/users', account);
  const { token = '' } = await made('/v1/sessions', account);
  const as = cloud.as(token);
  const project = await made('/v1/projects', { name: name() }, as);
  return { ...account, as, id: idOf(project), headers: { 'x-project-id': idOf(project) } };
}

/** How each public method that takes an idempotency key is called. */
const requests: Readonly<Record<string, () => Repeated | Promise<Repeated>>> = {
  CordonHost: newHost,
  UncordonHost: newHost,
  DeleteHost: newHost,
  CreateImage: () => ({
    body: { name: name(), spec: { source: 'registry.example.com/a/b:1' } },
    other: { body: { name: name(), spec: { source: 'registry.example.com/a/c:1' } } },
  }),
  CopyImage: async () => {
    const { id } = await newImage();
    return { body: { name: name(), image_id: id }, other: { body: { name: name(), image_id: id } } };
  },
  DeleteImage: newImage,
  ShareImage: newImage,
  UnshareImage: newImage,
  CreateInstance: () => {
    const spec = { type: 'nano-1', image: 'starter' };
    return { body: { name: name(), spec }, other: { body: { name: name(), spec } } };
  },
  UpdateInstance: async () => ({ ...(await newInstance()), body: { labels: { a: 'b' } } }),
  StartInstance: stoppedInstance,
  StopInstance: newInstance,
  RestartInstance: newInstance,
  DeleteInstance: newInstance,
  ImportSshKey: () => {
    const public_key = publicKey();
    return { body: { name: name(), public_key }, other: { body: { name: name(), public_key } } };
  },
  RenameSshKey: async () => ({ ...(await newSshKey()), body: { name: name() } }),
  DeleteSshKey: newSshKey,
  CreateApiKey: () => ({ body: { name: name() }, other: anotherName }),
  DeleteApiKey: async () => ({
    id: idOf(await made('/v1/api-keys', { name: name() })),
    other: anotherId,
  }),
  CreateProject: async () => {
    const { as } = await newPerson();
    return { as, body: { name: name() }, other: anotherName };
  },
  UpdateProject: async () => ({ ...(await newPerson()), body: { name: name() }, other: anotherName }),
  DeleteProject: newPerson,
  AddMember: async () => {
    const { email: first } = await newUser();
    const role = 'viewer';
    return { body: { email: first, role }, other: { body: { email: email(), role } } };
  },
  UpdateMember: async () => ({ ...(await newMember()), body: { role: 'developer' } }),
  RemoveMember: newMember,
  LeaveProject: async () => {
    const [owner, guest] = [await newPerson(), await newPerson()];
    await made('/v1/members', { email: guest.email, role: 'admin' }, owner.as, owner.headers);
    return { as: guest.as, headers: owner.headers };
  },
  DeleteCurrentSession: async () => ({ as: (await newPerson()).as }),
  CreateUser: () => ({ body: { email: email() }, other: { body: { email: email() } } }),
  DisableUser: async () => ({ ...(await newUser()), body: { hand_over_to: (await newUser()).email } }),
  EnableUser: newUser,
  GrantAdministrator: newUser,
  RevokeAdministrator: async () => {
    const user = await newUser();
    await made(`/v1/users/${user.id}:grantAdministrator`, {});
    return user;
  },
  DeleteUser: async () => {
    const user = await newUser();
    await made(`/v1/users/${user.id}:disable`, { hand_over_to: (await newUser()).email });
    return user;
  },
  ResetUserPassword: newUser,
};

/** For those of which no two requests under one key can differ: a request of the same service and owner of the key. */
const otherMethod: Readonly<Record<string, [path: string, body?: object]>> = {
  DeleteProject: ['/v1/ssh-keys', { public_key: publicKey() }],
  LeaveProject: ['/v1/api-keys'],
  DeleteCurrentSession: ['/v1/projects'],
};

const heeding = methods.filter((m) => m.http && m.repeat === 'keyed');

it.each(heeding.map((m) => [m.rpc, m] as const))(
  '%s gives its first answer again, and refuses its key to another request',
  async (rpc, method) => {
    const request = requests[rpc];
    if (!request) throw new Error(`say in this test how ${rpc} is called`);
    const { as = cloud.admin, id = '', body, other, headers } = await request();
    const { verb, path, body: takesBody } = method.http!;
    const call = (key: string, to = id, what = body) =>
      as.call(verb, path.replace(/\{[^}]+\}/, to), takesBody ? (what ?? {}) : undefined, {
        ...headers,
        'idempotency-key': key,
      });

    const key = randomUUID();
    if (!other) {
      const used = randomUUID();
      const [another, its] = otherMethod[rpc] ?? [];
      const use = { ...headers, 'idempotency-key': used };
      const thing = idOf(await made(another ?? '', { name: name(), ...its }, as, use));
      expect((await call(used)).body.reason).toBe('IDEMPOTENCY_KEY_REUSED');
      await as.call('DELETE', `${another}/${thing}`, undefined, headers);
    }
    const [first, second] = [await call(key), await call(key)];
    expect(first).toMatchObject({ status: method.httpStatus });
    expect([second.status, second.body]).toEqual([first.status, first.body]);
    if (!other) return;
    const changed = await call(key, 'id' in other ? other.id : id, 'body' in other ? other.body : body);
    expect(changed.body.reason).toBe('IDEMPOTENCY_KEY_REUSED');
  },
);

it('calls nothing that there is not', () => {
  expect(Object.keys(requests).sort()).toEqual(heeding.map((m) => m.rpc).sort());
});
