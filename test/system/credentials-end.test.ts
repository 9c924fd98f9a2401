import { randomUUID } from 'node:crypto';
import type { Api } from './api';
import { idOf } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';

/** The gateway remembers who a caller is for a few seconds. What changes about callers holds everywhere within 5 s. */
jest.setTimeout(120_000);
const PROMISED_MS = 5_000;
let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ driver: 'noop' });
});
afterAll(() => cloud.close());

interface Person {
  readonly id: string;
  readonly session: Api;
  /** API keys of their project, by role. */
  readonly keys: Readonly<Record<'owner' | 'developer', Api>>;
}

async function newPerson(): Promise<Person> {
  const nobody = cloud.as('');
  const account = { email: `${randomUUID()}@example.com`, password: randomUUID() };
  await nobody.call('POST', '/v1/users', account);
  const { body } = await nobody.call('POST', '/v1/sessions', account);
  const session = cloud.as(body.token ?? '');
  const [project] = (await session.call('GET', '/v1/projects')).body.projects ?? [];
  const inside = { 'x-project-id': idOf(project ?? {}) };
  const keyOf = async (role: string) =>
    cloud.as(
      (await session.call('POST', '/v1/api-keys', { name: `as-${role}`, role }, inside)).body.secret ?? '',
    );
  return {
    id: (body as { user?: { id: string } }).user?.id ?? '',
    session,
    keys: { owner: await keyOf('owner'), developer: await keyOf('developer') },
  };
}
const ask = async (api: Api) => (await api.call('GET', '/v1/hosts')).status;
const comesTo = (api: Api, path: string, wanted: number) =>
  api.until('GET', path, ({ status }) => status === wanted, PROMISED_MS);
const act = (person: Person, verb: string, body = {}) =>
  cloud.admin.call('POST', `/v1/users/${person.id}:${verb}`, body);

it("an administrator has the rights by session and by an owner's API key within 5 s, and loses them so", async () => {
  const person = await newPerson();
  const { session, keys } = person;
  for (const api of [session, keys.owner, keys.developer]) expect(await ask(api)).toBe(403);
  expect((await act(person, 'grantAdministrator')).status).toBe(200);
  await Promise.all([session, keys.owner].map((api) => comesTo(api, '/v1/hosts', 200)));
  expect(await ask(keys.developer)).toBe(403); // a key can do no more than its role

  expect((await act(person, 'revokeAdministrator')).status).toBe(200);
  await Promise.all([session, keys.owner].map((api) => comesTo(api, '/v1/hosts', 403)));
  expect((await keys.owner.call('GET', '/v1/instances')).status).toBe(200);
});

it('a disabled user is refused by session and by API key within 5 s', async () => {
  const person = await newPerson();
  const { session, keys } = person;
  expect((await session.call('GET', '/v1/users/me')).status).toBe(200);
  expect((await keys.developer.call('GET', '/v1/instances')).status).toBe(200);
  expect((await act(person, 'disable', { hand_over_to: 'admin@example.com' })).status).toBe(200);
  await Promise.all([comesTo(session, '/v1/users/me', 401), comesTo(keys.developer, '/v1/instances', 401)]);
});

it('the token of a session that was signed out is refused within 5 s', async () => {
  const { session } = await newPerson();
  expect((await session.call('DELETE', '/v1/sessions/current')).status).toBe(200);
  await comesTo(session, '/v1/users/me', 401);
});
