import { type IdentityCaller, identityCaller, startTestIdentity, testEngines } from '@thecloud/testkit';
import type { TestEngines, TestIdentity } from '@thecloud/testkit';
import { rescueAdministrator } from './rescue-administrator';

let engines: TestEngines;
let identity: TestIdentity;
let caller: IdentityCaller;
beforeAll(async () => {
  engines = await testEngines();
  identity = await startTestIdentity(engines, { THECLOUD_REGISTRATION: 'open' });
  caller = await identityCaller(engines, identity);
});
afterAll(async () => {
  caller.close();
  await identity.close();
  await engines.close();
});

const rescue = (email: string) => {
  const { url: databaseUrl, password: databasePassword } = identity.database;
  return rescueAdministrator({ databaseUrl, databasePassword, caFile: engines.caFile }, email);
};
const signIn = (email: string, password: string, newPassword = '') =>
  caller.sessions.createSession({ email, password, newPassword }, caller.stranger());

it('lets an administrator in again who has lost the password, and nobody with the old one', async () => {
  const person = await caller.newPerson();
  const project = { projectId: person.projectId };
  const asked = { name: 'ci', labels: {}, role: 'owner', expiresAt: undefined };
  const key = await caller.keys.createApiKey(asked, await caller.as(person.session, project));
  expect(await rescue(person.email)).toEqual({ administrators: [] }); // no administrator
  expect((await signIn(person.email, person.password)).token).not.toBe('');

  await identity.database.query('update identity."user" set platform_admin = true where id = $1', [
    person.id,
  ]);
  expect(await rescue('somebody@example.com')).toEqual({ administrators: [person.email] });
  // Who has forgotten it has tried it.
  for (let attempt = 0; attempt < 10; attempt += 1)
    await expect(signIn(person.email, 'wrong')).rejects.toMatchObject({ reason: 'LOGIN_FAILED' });
  await expect(signIn(person.email, person.password)).rejects.toMatchObject({ reason: 'LOGIN_LIMITED' });

  const rescued = await rescue(` ${person.email.toUpperCase()}`);
  if (!('password' in rescued)) throw new Error('there was no rescue');
  expect(rescued.password).toMatch(/^[\w-]{20}$/);
  await expect(caller.exchange(person.session)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  await expect(signIn(person.email, person.password)).rejects.toMatchObject({ reason: 'LOGIN_FAILED' });
  await expect(signIn(person.email, rescued.password)).rejects.toMatchObject({
    reason: 'PASSWORD_CHANGE_REQUIRED',
  });
  const session = await signIn(person.email, rescued.password, 'a better horse battery');
  expect((await caller.exchange(session.token)).token).not.toBe('');
  expect((await caller.exchange(key.secret)).token).not.toBe('');

  const told = await identity.database.query<{ by: string }>(
    `select e -> 'data' ->> 'by' as by from identity.outbox o, json_array_elements(o.events) e
      where e ->> 'type' = 'thecloud.user.password-reset' and e ->> 'subject' = $1`,
    [person.id],
  );
  expect(told).toEqual([{ by: 'operator' }]);
});
