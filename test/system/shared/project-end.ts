import { idOf } from '../api';
import type { Cloud } from '../cloud';
import { sharedCloud } from './shared-cloud';
let cloud: Cloud;
beforeAll(async () => {
  cloud = await sharedCloud();
});

const account = { email: 'owner@example.com', password: 'correct horse battery' };

it('an empty project is deleted with its keys; one with something in it is not', async () => {
  await cloud.admin.call('POST', '/v1/users', account);
  const { token = '' } = (await cloud.admin.call('POST', '/v1/sessions', account)).body;
  const person = cloud.as(token);
  const made = await person.call('POST', '/v1/projects', { name: 'shop' });
  const project = idOf(made.body);
  const inside = { 'x-project-id': project };
  const { body: key } = await person.call('POST', '/v1/api-keys', { name: 'ci', role: 'admin' }, inside);
  const program = cloud.as(key.secret ?? '');
  const image = await cloud.importStarter(program);
  expect(await person.call('DELETE', `/v1/projects/${project}`, undefined, inside)).toMatchObject({
    status: 400,
    body: { reason: 'PROJECT_NOT_EMPTY', detail: expect.stringContaining('1 image (starter)') as string },
  });
  expect(await program.call('DELETE', `/v1/projects/${project}`)).toMatchObject({ status: 403 });

  await program.call('DELETE', `/v1/images/${idOf(image)}`);
  await program.vanishes(`/v1/images/${idOf(image)}`);
  expect((await person.call('DELETE', `/v1/projects/${project}`, undefined, inside)).status).toBe(202);
  const { projects = [] } = (await person.call('GET', '/v1/projects')).body;
  expect(projects.map((p) => p.metadata?.name)).toEqual(['default']);
  // What still has a token learns that the project is closed, then that it is gone.
  const late = await program.call('POST', '/v1/ssh-keys', { name: 'late', public_key: PUBLIC_KEY });
  expect(['PROJECT_CLOSED', 'UNAUTHENTICATED']).toContain(late.body.reason);
  await program.until('GET', '/v1/ssh-keys', ({ status }) => status === 401);
  expect((await person.call('POST', '/v1/projects', { name: 'shop' })).status).toBe(201);
});

const PUBLIC_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx0ZkGb5sVQO9C1f0m3m1o0b5m0c2xV0o1e6dWn1J3k late@example.com';
