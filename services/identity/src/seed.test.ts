import { decodeJwt } from 'jose';
import { type IdentityCaller, identityCaller, startTestIdentity, testEngines } from '@thecloud/testkit';
import type { TestEngines, TestIdentity } from '@thecloud/testkit';
import { seed } from './seed';

let engines: TestEngines;
let identity: TestIdentity;
let caller: IdentityCaller;
beforeAll(async () => {
  engines = await testEngines();
  identity = await startTestIdentity(engines);
  caller = await identityCaller(engines, identity);
});
afterAll(async () => {
  caller.close();
  await identity.close();
  await engines.close();
});

const plant = (more: { rotateKey?: boolean } = {}) =>
  seed({
    databaseUrl: identity.database.url,
    databasePassword: identity.database.password,
    caFile: engines.caFile,
    email: 'admin@thecloud.local',
    password: 'correct horse battery',
    projectName: 'first',
    keyName: 'cli',
    ...more,
  });
const claims = async (key: string) => decodeJwt((await caller.exchange(key)).token);

it('makes an administrator, a project and a key that works at once, and only once', async () => {
  const planted = await plant();
  const { apiKey = '', projectId } = planted;
  expect(await claims(apiKey)).toMatchObject({ prj: projectId, role: 'owner', adm: true });
  expect(await plant()).toEqual({ userId: planted.userId, projectId });

  const rotated = await plant({ rotateKey: true });
  await expect(caller.exchange(apiKey)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(await claims(rotated.apiKey ?? '')).toMatchObject({ prj: projectId });
});

it('gives platform rights to administrators and their owner keys only, as long as they are', async () => {
  const { apiKey = '', userId } = await plant({ rotateKey: true });
  const request = { name: 'dev', labels: {}, role: 'admin', expiresAt: undefined };
  const lesser = await caller.keys.createApiKey(request, await caller.as(apiKey));
  expect((await claims(lesser.secret))['adm']).toBeUndefined();
  const person = await caller.newPerson();
  expect((await claims(person.session))['adm']).toBeUndefined();

  await identity.database.query('update identity."user" set platform_admin = false where id = $1', [userId]);
  expect((await claims(apiKey))['adm']).toBeUndefined();
});
