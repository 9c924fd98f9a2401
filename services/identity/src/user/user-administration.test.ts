import { type IdentityCaller, identityCaller, startTestIdentity, testEngines } from '@thecloud/testkit';
import type { TestEngines, TestIdentity } from '@thecloud/testkit';

let engines: TestEngines;
let identity: TestIdentity;
let caller: IdentityCaller;
type Person = Awaited<ReturnType<IdentityCaller['newPerson']>>;
let root: Person;
beforeAll(async () => {
  engines = await testEngines();
  identity = await startTestIdentity(engines, { THECLOUD_REGISTRATION: 'open' });
  caller = await identityCaller(engines, identity);
  root = await newAdministrator();
});
afterAll(async () => {
  caller.close();
  await identity.close();
  await engines.close();
});

const all = {
  ...{ pageSize: 0, pageToken: '', email: '', name: '', namePrefix: '', state: '' },
  platformAdmin: undefined,
};
const NEW_PASSWORD = 'a better horse battery';

async function newAdministrator(): Promise<Person> {
  const person = await caller.newPerson();
  await identity.database.query('update identity."user" set platform_admin = true where id = $1', [
    person.id,
  ]);
  return person;
}
const asRoot = () => caller.as(root.session);
const logIn = (email: string, password: string, newPassword = '') =>
  caller.sessions.createSession({ email, password, newPassword }, caller.stranger());
const disable = async (id: string, handOverTo = '') =>
  caller.users.disableUser({ id, handOverTo }, await asRoot());
const remove = async (id: string, handOverTo = '') =>
  caller.users.deleteUser({ id, handOverTo }, await asRoot());
const keyOf = async (person: Person, role = '') =>
  caller.keys.createApiKey(
    { name: 'ci', labels: {}, role, expiresAt: undefined },
    await caller.as(person.session, { projectId: person.projectId }),
  );
const ownersOf = (projectId: string) =>
  identity.database.query<{ user_id: string }>(
    `select user_id from identity.member where project_id = $1 and role = 'owner' order by user_id`,
    [projectId],
  );
/** Why each was refused; '' of what succeeded. */
const reasonsOf = (ends: readonly PromiseSettledResult<unknown>[]): string[] =>
  ends.map((end) => (end.status === 'fulfilled' ? '' : (end.reason as { reason: string }).reason));
async function eventsAbout(id: string): Promise<Array<{ type: string; by: string }>> {
  const rows = await identity.database.query<{ type: string; by: string }>(
    `select e ->> 'type' as type, e -> 'data' ->> 'by' as by
       from identity.outbox o, json_array_elements(o.events) e where e ->> 'subject' = $1 order by o.sequence`,
    [id],
  );
  return rows.filter(({ type }) => type.startsWith('thecloud.user.'));
}

it('is for administrators only', async () => {
  const person = await caller.newPerson();
  const options = await caller.as(person.session);
  const refused = { code: 'PERMISSION_DENIED', reason: 'ADMINISTRATOR_REQUIRED' };
  await expect(caller.users.listUsers(all, options)).rejects.toMatchObject(refused);
  await expect(caller.users.getUser({ id: root.id }, options)).rejects.toMatchObject(refused);
  await expect(caller.users.disableUser({ id: root.id, handOverTo: '' }, options)).rejects.toMatchObject(
    refused,
  );
  await expect(caller.users.resetUserPassword({ id: root.id }, options)).rejects.toMatchObject(refused);
  await expect(caller.users.grantAdministrator({ id: person.id }, options)).rejects.toMatchObject(refused);
  await expect(caller.users.revokeAdministrator({ id: root.id }, options)).rejects.toMatchObject(refused);
});

describe('the list of users', () => {
  it('has pages, and filters by address, name, state and rights', async () => {
    const [first, second] = [await caller.newPerson(), await caller.newPerson()];
    const page = await caller.users.listUsers({ ...all, pageSize: 1 }, await asRoot());
    expect(page.users.map(({ id }) => id)).toEqual([second.id]);
    const next = await caller.users.listUsers(
      { ...all, pageSize: 1, pageToken: page.nextPageToken },
      await asRoot(),
    );
    expect(next.users.map(({ id }) => id)).toEqual([first.id]);

    await disable(first.id, root.email);
    const idsOf = async (filter: Partial<typeof all>) =>
      (await caller.users.listUsers({ ...all, ...filter }, await asRoot())).users.map(({ id }) => id);
    expect(await idsOf({ email: first.email.toUpperCase() })).toEqual([first.id]);
    expect(await idsOf({ state: 'disabled' })).toEqual([first.id]);
    expect(await idsOf({ state: 'active' })).not.toContain(first.id);
    expect(await idsOf({ platformAdmin: true } as never)).toEqual([root.id]);
    expect(await idsOf({ name: 'nobody' })).toEqual([]);
    expect(await idsOf({ namePrefix: 'nobody' })).toEqual([]);
    expect(await caller.users.getUser({ id: first.id }, await asRoot())).toMatchObject({ state: 'disabled' });
    const missing = caller.users.getUser({ id: 'usr_01arz3ndektsv4rrffq69g5fav' }, await asRoot());
    await expect(missing).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'USER_UNKNOWN' });
  });
});

describe('a disabled user', () => {
  it('has no session, no key and no way in until enabled', async () => {
    const person = await caller.newPerson();
    const key = await keyOf(person);
    await disable(person.id, root.email);
    for (const credential of [person.session, key.secret])
      await expect(caller.exchange(credential)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(logIn(person.email, person.password)).rejects.toMatchObject({ reason: 'USER_DISABLED' });
    await expect(logIn(person.email, 'a guess')).rejects.toMatchObject({ reason: 'LOGIN_FAILED' });

    await caller.users.enableUser({ id: person.id }, await asRoot());
    await expect(caller.exchange(person.session)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(caller.exchange(key.secret)).resolves.toMatchObject({ projectId: person.projectId });
    await expect(logIn(person.email, person.password)).resolves.toMatchObject({ user: { state: 'active' } });
    expect(await eventsAbout(person.id)).toEqual([
      { type: 'thecloud.user.created', by: person.id },
      { type: 'thecloud.user.disabled', by: root.id },
      { type: 'thecloud.user.enabled', by: root.id },
    ]);
  });

  it('leaves no session behind to logins that are under way', async () => {
    const person = await caller.newPerson();
    const logins = Array.from({ length: 8 }, () => logIn(person.email, person.password));
    const [, ...attempts] = await Promise.allSettled([disable(person.id, root.email), ...logins]);
    for (const attempt of attempts)
      if (attempt.status === 'fulfilled')
        await expect(caller.exchange(attempt.value.token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('does not count as an owner who stays', async () => {
    const [owner, other] = [await caller.newPerson(), await caller.newPerson()];
    const inside = await caller.as(owner.session, { projectId: owner.projectId });
    await caller.projects.addMember({ email: other.email, role: 'owner' }, inside);
    await disable(other.id, root.email);
    await expect(caller.projects.leaveProject({}, inside)).rejects.toMatchObject({ reason: 'LAST_OWNER' });
    await caller.users.enableUser({ id: other.id }, await asRoot());
    await expect(caller.projects.leaveProject({}, inside)).resolves.toEqual({});
  });
});

it.each([
  ['disabled', disable, 'PERMISSION_DENIED'],
  ['deleted', remove, 'UNAUTHENTICATED'],
])('a user who is %s makes no project with a token from before', async (_, act, code) => {
  const person = await caller.newPerson();
  const [options, late] = [await caller.as(person.session), await caller.as(person.session)];
  const make = (name: string, by = options) => caller.projects.createProject({ name, labels: {} }, by);
  const [, racing] = await Promise.allSettled([act(person.id, root.email), make('racing')]);
  await expect(make('late', late)).rejects.toMatchObject({ code });
  const made = await identity.database.query<{ id: string }>(
    `select id from identity.project where created_by = $1 and name <> 'default'`,
    [person.id],
  );
  expect(made).toHaveLength(racing.status === 'fulfilled' ? 1 : 0);
  for (const { id } of made) expect((await ownersOf(id)).map((o) => o.user_id)).toContain(root.id);
});

describe('the only owner of a project', () => {
  it('is not deleted without an heir, and the refusal names the projects and the option', async () => {
    const [person, heir] = [await caller.newPerson(), await caller.newPerson()];
    const refused = remove(person.id);
    await expect(refused).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'ONLY_OWNER' });
    await expect(refused).rejects.toThrow(`default (${person.projectId})`);
    await expect(refused).rejects.toThrow('--hand-over-to EMAIL');
    await expect(remove(person.id, person.email)).rejects.toMatchObject({ reason: 'ONLY_OWNER' });
    const nobody = remove(person.id, 'nobody@example.com');
    await expect(nobody).rejects.toMatchObject({ reason: 'USER_NOT_FOUND' });
    await remove(person.id, heir.email.toUpperCase());
    expect((await ownersOf(person.projectId)).map((o) => o.user_id)).toContain(heir.id);
  });

  it('is disabled at once, with an heir then, later, or never', async () => {
    const [person, heir] = [await caller.newPerson(), await caller.newPerson()];
    await expect(disable(person.id)).resolves.toMatchObject({ state: 'disabled' });
    await expect(caller.exchange(person.session)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await ownersOf(person.projectId)).map((o) => o.user_id)).toEqual([person.id]);
    await expect(remove(person.id)).rejects.toMatchObject({ reason: 'ONLY_OWNER' });
    const nobody = disable(person.id, 'nobody@example.com');
    await expect(nobody).rejects.toMatchObject({ reason: 'USER_NOT_FOUND' });
    await disable(person.id, heir.email);
    expect((await ownersOf(person.projectId)).map((o) => o.user_id).sort()).toEqual(
      [person.id, heir.id].sort(),
    );
    await expect(remove(person.id)).resolves.toMatchObject({ id: person.id });
    const other = await caller.newPerson();
    await disable(other.id, heir.email);
    expect((await ownersOf(other.projectId)).map((o) => o.user_id)).toContain(heir.id);
  });

  it('stays one of two whatever happens at the same time', async () => {
    const [owner, other] = [await caller.newPerson(), await caller.newPerson()];
    const inside = await caller.as(owner.session, { projectId: owner.projectId });
    await caller.projects.addMember({ email: other.email, role: 'owner' }, inside);
    // `other` owns a project of their own as well, which root has a hand in from now on.
    const own = await caller.as(other.session, { projectId: other.projectId });
    await caller.projects.addMember({ email: root.email, role: 'owner' }, own);
    const ends = await Promise.allSettled([remove(other.id), caller.projects.leaveProject({}, inside)]);
    expect(['ONLY_OWNER,', ',LAST_OWNER']).toContain(reasonsOf(ends).join());
  });
});

describe('a deleted user', () => {
  it('is gone, with sessions, keys and memberships, and the address is free', async () => {
    const [person, heir] = [await caller.newPerson(), await caller.newPerson()];
    const key = await keyOf(person);
    await remove(person.id, heir.email);
    for (const credential of [person.session, key.secret])
      await expect(caller.exchange(credential)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(logIn(person.email, person.password)).rejects.toMatchObject({ reason: 'LOGIN_FAILED' });
    await expect(remove(person.id)).rejects.toMatchObject({ reason: 'USER_UNKNOWN' });
    expect((await ownersOf(person.projectId)).map((o) => o.user_id)).toEqual([heir.id]);
    const [left] = await identity.database.query('select * from identity."user" where id = $1', [person.id]);
    expect(left).toMatchObject({ email: '', name: '', password_hash: '' });

    const { email, password } = person;
    const again = await caller.users.registerUser({ email, password, name: '' }, caller.stranger());
    expect(again.id).not.toBe(person.id);
    expect((await eventsAbout(person.id)).at(-1)).toEqual({ type: 'thecloud.user.deleted', by: root.id });
  });
});

it('the last administrator stays, also if two go at the same time', async () => {
  await expect(disable(root.id, root.email)).rejects.toMatchObject({ reason: 'LAST_ADMINISTRATOR' });
  await expect(remove(root.id, root.email)).rejects.toMatchObject({ reason: 'LAST_ADMINISTRATOR' });
  const second = await newAdministrator();
  const heir = await caller.newPerson();
  const ends = await Promise.allSettled([disable(root.id, heir.email), disable(second.id, heir.email)]);
  expect(['LAST_ADMINISTRATOR,', ',LAST_ADMINISTRATOR']).toContain(reasonsOf(ends).join());
  const [gone, stays] = ends[0]?.status === 'fulfilled' ? [root, second] : [second, root];
  await caller.users.enableUser({ id: gone.id }, await caller.as(stays.session));
  root = stays;
});

it('two of three administrators go at the same time', async () => {
  const [second, third, heir] = [
    await newAdministrator(),
    await newAdministrator(),
    await caller.newPerson(),
  ];
  for (const act of [disable, remove]) {
    const ends = await Promise.allSettled([act(second.id, heir.email), act(third.id, heir.email)]);
    expect(reasonsOf(ends)).toEqual(['', '']);
    if (act === remove) return;
    for (const { id } of [second, third]) await caller.users.enableUser({ id }, await asRoot());
  }
});

describe('the rights of an administrator', () => {
  beforeAll(() =>
    identity.database.query('update identity."user" set platform_admin = (id = $1)', [root.id]),
  );
  const grant = async (id: string, as = root) =>
    caller.users.grantAdministrator({ id }, await caller.as(as.session));
  const revoke = async (id: string, as = root) =>
    caller.users.revokeAdministrator({ id }, await caller.as(as.session));
  const administers = async (credential: string) =>
    caller.users.getUser({ id: root.id }, await caller.as(credential)).then(
      () => true,
      (error: { code: string }) => error.code !== 'PERMISSION_DENIED',
    );

  it('are granted and revoked during a session, and each is announced once', async () => {
    const person = await caller.newPerson();
    expect(await administers(person.session)).toBe(false);
    for (let i = 0; i < 2; i++) expect(await grant(person.id)).toMatchObject({ platformAdmin: true });
    expect(await administers(person.session)).toBe(true);
    for (let i = 0; i < 2; i++) expect(await revoke(person.id)).toMatchObject({ platformAdmin: false });
    expect(await administers(person.session)).toBe(false);
    expect((await eventsAbout(person.id)).slice(-2)).toEqual([
      { type: 'thecloud.user.administrator-granted', by: root.id },
      { type: 'thecloud.user.administrator-revoked', by: root.id },
    ]);
  });

  it('are not revoked from the last one, also if two revoke each other', async () => {
    await expect(revoke(root.id)).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      reason: 'LAST_ADMINISTRATOR',
      message: expect.stringContaining('cloud user grant-admin') as string,
    });
    const second = await caller.newPerson();
    await grant(second.id);
    const ends = await Promise.allSettled([revoke(second.id, root), revoke(root.id, second)]);
    const administrators = await identity.database.query<{ id: string }>(
      'select id from identity."user" where platform_admin and disabled_at is null',
    );
    expect(administrators).toHaveLength(1);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    root = administrators[0]!.id === root.id ? root : second;
  });

  it('do not count while their user is disabled', async () => {
    const second = await newAdministrator();
    const heir = await caller.newPerson();
    await disable(second.id, heir.email);
    await expect(revoke(root.id)).rejects.toMatchObject({ reason: 'LAST_ADMINISTRATOR' });
    expect(await revoke(second.id)).toMatchObject({ platformAdmin: false, state: 'disabled' });
  });

  it('of a user there is not are neither', async () => {
    const id = 'usr_01arz3ndektsv4rrffq69g5fav';
    for (const act of [grant, revoke])
      await expect(act(id)).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'USER_UNKNOWN' });
  });
});

describe('a password', () => {
  it('is changed with the old one, and all other sessions end', async () => {
    const person = await caller.newPerson();
    const key = await keyOf(person);
    const { token: other } = await logIn(person.email, person.password);
    const change = async (oldPassword: string, newPassword = NEW_PASSWORD) =>
      caller.users.changePassword({ oldPassword, newPassword }, await caller.as(person.session));
    await expect(change('a guess')).rejects.toMatchObject({
      reason: 'PASSWORD_WRONG',
      violations: [expect.objectContaining({ field: 'old_password' })],
    });
    await expect(change(person.password, person.password)).rejects.toMatchObject({
      reason: 'PASSWORD_UNCHANGED',
    });
    await expect(change(person.password, 'short')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await change(person.password);
    await expect(caller.exchange(other)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(caller.exchange(person.session)).resolves.toMatchObject({ subject: person.id });
    await expect(caller.exchange(key.secret)).resolves.toBeDefined();
    await expect(logIn(person.email, person.password)).rejects.toMatchObject({ reason: 'LOGIN_FAILED' });
    await expect(logIn(person.email, NEW_PASSWORD)).resolves.toBeDefined();
    const asKey = await caller.as(key.secret);
    const request = { oldPassword: NEW_PASSWORD, newPassword: person.password };
    await expect(caller.users.changePassword(request, asKey)).rejects.toMatchObject({
      reason: 'SESSION_REQUIRED',
    });
    expect((await eventsAbout(person.id)).at(-1)).toEqual({
      type: 'thecloud.user.password-changed',
      by: person.id,
    });
  });

  it('cannot be guessed through a session', async () => {
    const person = await caller.newPerson();
    const options = await caller.as(person.session);
    const guess = (i: number) =>
      caller.users.changePassword({ oldPassword: `guess ${i}`, newPassword: NEW_PASSWORD }, options);
    const ends = await Promise.allSettled(Array.from({ length: 13 }, (_, i) => guess(i)));
    const reasons = ends.map((end) => (end as { reason: { reason: string } }).reason.reason);
    expect(reasons.filter((reason) => reason === 'PASSWORD_WRONG')).toHaveLength(10);
    expect(reasons.filter((reason) => reason === 'LOGIN_LIMITED')).toHaveLength(3);
  });

  it('that an administrator reset works once, for a sign-in that replaces it', async () => {
    const person = await caller.newPerson();
    const key = await keyOf(person);
    const { password } = await caller.users.resetUserPassword({ id: person.id }, await asRoot());
    await expect(caller.exchange(person.session)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(caller.exchange(key.secret)).resolves.toBeDefined();
    await expect(logIn(person.email, person.password)).rejects.toMatchObject({ reason: 'LOGIN_FAILED' });
    await expect(logIn(person.email, password)).rejects.toMatchObject({ reason: 'PASSWORD_CHANGE_REQUIRED' });
    await expect(logIn(person.email, password, password)).rejects.toMatchObject({
      reason: 'PASSWORD_UNCHANGED',
    });
    const session = await logIn(person.email, password, NEW_PASSWORD);
    expect(session.user).toMatchObject({ id: person.id, mustChangePassword: false });
    await expect(logIn(person.email, password)).rejects.toMatchObject({ reason: 'LOGIN_FAILED' });
    await expect(logIn(person.email, NEW_PASSWORD, 'yet another password')).rejects.toMatchObject({
      reason: 'PASSWORD_CHANGE_NOT_DUE',
    });
    expect((await eventsAbout(person.id)).slice(-2)).toEqual([
      { type: 'thecloud.user.password-reset', by: root.id },
      { type: 'thecloud.user.password-changed', by: person.id },
    ]);
  });

  it('of one time ends after a day', async () => {
    const person = await caller.newPerson();
    const made = await caller.users.resetUserPassword({ id: person.id }, await asRoot());
    const hours = ((made.expiresAt?.getTime() ?? 0) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThanOrEqual(24);
    await identity.database.query(
      `update identity."user" set one_time_until = now() - interval '1 second' where id = $1`,
      [person.id],
    );
    await expect(logIn(person.email, made.password, NEW_PASSWORD)).rejects.toMatchObject({
      reason: 'ONE_TIME_PASSWORD_EXPIRED',
    });
  });
});

it('an administrator opens an account where registration is closed', async () => {
  const closed = await startTestIdentity(engines, { THECLOUD_REGISTRATION: 'closed' });
  const there = await identityCaller(engines, closed);
  try {
    await closed.database.query(
      `insert into identity."user" (id, email, name, password_hash, platform_admin)
         select $1, email, name, password_hash, true from jsonb_to_record($2) as r(email text, name text, password_hash text)`,
      [root.id, JSON.stringify({ email: root.email, name: '', password_hash: await hashOf(root.id) })],
    );
    const login = { email: root.email, password: root.password, newPassword: '' };
    const { token } = await there.sessions.createSession(login, there.stranger());
    const request = { email: 'New@Example.com', name: 'New' };
    const made = await there.users.createUser(request, await there.as(token));
    expect(made.user).toMatchObject({ email: 'new@example.com', mustChangePassword: true });
    await expect(there.users.createUser(request, await there.as(token))).rejects.toMatchObject({
      reason: 'EMAIL_TAKEN',
    });
    const first = { email: 'new@example.com', password: made.password, newPassword: NEW_PASSWORD };
    await expect(there.sessions.createSession(first, there.stranger())).resolves.toMatchObject({
      user: { name: 'New' },
    });
  } finally {
    there.close();
    await closed.close();
  }
});

async function hashOf(id: string): Promise<string> {
  const [row] = await identity.database.query<{ password_hash: string }>(
    'select password_hash from identity."user" where id = $1',
    [id],
  );
  return row?.password_hash ?? '';
}

it('changes of accounts by one administrator are limited', async () => {
  await identity.database.query(
    `insert into identity.login_attempt values ($1, 300, now() + interval '1 minute')
       on conflict (key) do update set count = 300, window_ends_at = excluded.window_ends_at`,
    [`administers:${root.id}`],
  );
  const person = await caller.newPerson();
  const limited = { code: 'RESOURCE_EXHAUSTED', reason: 'ACCOUNT_CHANGES_LIMITED' };
  await expect(disable(person.id, root.email)).rejects.toMatchObject(limited);
  // An API key counts as the person behind it.
  const { secret } = await keyOf(root, 'owner');
  const byKey = caller.users.disableUser({ id: person.id, handOverTo: root.email }, await caller.as(secret));
  await expect(byKey).rejects.toMatchObject(limited);
});
