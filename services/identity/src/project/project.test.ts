import { decodeJwt } from 'jose';
import { createLogger, Database } from '@thecloud/service-kit';
import { type IdentityCaller, identityCaller, startTestIdentity, testEngines } from '@thecloud/testkit';
import type { TestEngines, TestIdentity } from '@thecloud/testkit';
import { apiKeys, members, projects, users } from '../schema';

const everything = {
  ...{ pageSize: 0, pageToken: '', name: '', namePrefix: '' },
  email: '',
  label: [],
  role: '',
  state: '',
};
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

type Person = Awaited<ReturnType<IdentityCaller['newPerson']>>;
const within = (person: Person, projectId = person.projectId) => caller.as(person.session, { projectId });
const all = { ...everything, pageSize: 0 };
const missing = { code: 'NOT_FOUND', reason: 'PROJECT_NOT_FOUND' };

describe('projects', () => {
  it('are made by a person, who owns them', async () => {
    const person = await caller.newPerson();
    const options = await caller.as(person.session);
    const made = await caller.projects.createProject({ name: 'shop', labels: { team: 'web' } }, options);
    expect(made).toMatchObject({ role: 'owner', metadata: { name: 'shop', labels: { team: 'web' } } });
    const id = made.metadata?.id ?? '';
    await expect(caller.projects.getProject({ id }, options)).resolves.toEqual(made);
    await expect(caller.projects.createProject({ name: 'shop', labels: {} }, options)).rejects.toMatchObject({
      reason: 'PROJECT_NAME_TAKEN',
    });
    const listed = await caller.projects.listProjects(all, options);
    expect(listed.projects.map((p) => p.metadata?.name)).toEqual(['shop', 'default']);
    expect(decodeJwt((await caller.exchange(person.session, id)).token)).toMatchObject({ prj: id });
  });

  it('have other names and labels when they are updated, and are found by them', async () => {
    const person = await caller.newPerson();
    const options = await within(person);
    const update = { id: person.projectId, name: 'store', labels: { team: 'web', tier: 'a' }, version: 1 };
    const updateMask = ['name', 'labels'];
    const changed = await caller.projects.updateProject({ ...update, updateMask }, options);
    expect(changed.metadata).toMatchObject({ name: 'store', labels: update.labels, version: 2 });
    const again = caller.projects.updateProject({ ...update, updateMask }, options);
    await expect(again).rejects.toMatchObject({ reason: 'VERSION_MISMATCH' });
    const nothing = caller.projects.updateProject({ ...update, updateMask: [], version: 0 }, options);
    await expect(nothing).rejects.toMatchObject({ reason: 'PROJECT_UPDATE_EMPTY' });

    const asPerson = await caller.as(person.session);
    await caller.projects.createProject({ name: 'shop', labels: { team: 'web' } }, asPerson);
    const taken = { ...update, name: 'shop', updateMask: ['name'], version: 0 };
    await expect(caller.projects.updateProject(taken, options)).rejects.toMatchObject({
      reason: 'PROJECT_NAME_TAKEN',
    });
    const namesOf = async (filter: object) =>
      (await caller.projects.listProjects({ ...all, ...filter }, asPerson)).projects.map(
        (p) => p.metadata?.name,
      );
    expect(await namesOf({ name: 'store' })).toEqual(['store']);
    expect(await namesOf({ label: ['team=web'] })).toEqual(['shop', 'store']);
    expect(await namesOf({ label: ['team=web', 'tier=a'] })).toEqual(['store']);
    expect(await namesOf({ role: 'viewer' })).toEqual([]);
  });

  it('are left by members of any role, but not by the last owner', async () => {
    const [owner, guest] = [await caller.newPerson(), await caller.newPerson()];
    const options = await within(owner);
    await caller.projects.addMember({ email: guest.email, role: 'viewer' }, options);
    const emailsOf = async (filter: object) =>
      (await caller.projects.listMembers({ ...all, ...filter }, options)).members.map((m) => m.email);
    expect(await emailsOf({ role: 'viewer' })).toEqual([guest.email]);
    expect(await emailsOf({ email: owner.email.toUpperCase() })).toEqual([owner.email]);
    await caller.projects.leaveProject({}, await within(guest, owner.projectId));
    await expect(caller.exchange(guest.session, owner.projectId)).rejects.toMatchObject(missing);
    await expect(caller.projects.leaveProject({}, options)).rejects.toMatchObject({ reason: 'LAST_OWNER' });
  });

  it('of others are as good as missing', async () => {
    const [mine, theirs] = [await caller.newPerson(), await caller.newPerson()];
    for (const id of [theirs.projectId, 'prj_01arz3ndektsv4rrffq69g5fav']) {
      await expect(caller.projects.getProject({ id }, await caller.as(mine.session))).rejects.toMatchObject(
        missing,
      );
      await expect(caller.exchange(mine.session, id)).rejects.toMatchObject(missing);
    }
  });

  it('are gone when they are deleted, with their keys', async () => {
    const person = await caller.newPerson();
    const request = { name: 'ci', labels: {}, role: '', expiresAt: undefined };
    const key = await caller.keys.createApiKey(request, await within(person));
    await identity.database.query('update identity.project set deleted_at = now() where id = $1', [
      person.projectId,
    ]);
    await expect(caller.exchange(key.secret)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(caller.exchange(person.session, person.projectId)).rejects.toMatchObject(missing);
    const { projects: left } = await caller.projects.listProjects(all, await caller.as(person.session));
    expect(left).toEqual([]);
  });

  it('are seen by an API key as its own one, and made by none', async () => {
    const person = await caller.newPerson();
    const request = { name: 'ci', labels: {}, role: 'owner', expiresAt: undefined };
    const key = await caller.keys.createApiKey(request, await within(person));
    const asKey = await caller.as(key.secret);
    const { projects: seen } = await caller.projects.listProjects(all, asKey);
    expect(seen.map((p) => [p.metadata?.id, p.role])).toEqual([[person.projectId, 'owner']]);
    for (const call of [
      caller.projects.createProject({ name: 'shop', labels: {} }, asKey),
      caller.users.getCurrentUser({}, asKey),
      caller.sessions.deleteCurrentSession({}, asKey),
    ])
      await expect(call).rejects.toMatchObject({ reason: 'SESSION_REQUIRED' });
  });

  it('must be chosen where one is needed', async () => {
    const person = await caller.newPerson();
    await expect(caller.projects.listMembers(all, await caller.as(person.session))).rejects.toMatchObject({
      reason: 'PROJECT_REQUIRED',
    });
  });
});

describe('members', () => {
  it('come and go by owners and admins; a viewer only looks', async () => {
    const [owner, guest] = [await caller.newPerson(), await caller.newPerson()];
    const options = await within(owner);
    const email = guest.email.toUpperCase();
    const added = await caller.projects.addMember({ email, role: 'viewer' }, options);
    expect(added).toMatchObject({ userId: guest.id, email: guest.email, role: 'viewer' });
    await expect(caller.projects.addMember({ email, role: 'viewer' }, options)).rejects.toMatchObject({
      reason: 'MEMBER_EXISTS',
    });
    await expect(
      caller.projects.addMember({ email: 'nobody@example.com', role: 'viewer' }, options),
    ).rejects.toMatchObject({ reason: 'USER_NOT_FOUND' });

    const asGuest = await within(guest, owner.projectId);
    const listed = await caller.projects.listMembers(all, asGuest);
    expect(new Map(listed.members.map((m) => [m.email, m.role]))).toEqual(
      new Map([
        [owner.email, 'owner'],
        [guest.email, 'viewer'],
      ]),
    );
    await expect(
      caller.projects.updateMember({ userId: guest.id, role: 'admin' }, asGuest),
    ).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });

    await caller.projects.removeMember({ userId: guest.id }, options);
    await expect(caller.exchange(guest.session, owner.projectId)).rejects.toMatchObject(missing);
    await expect(caller.projects.removeMember({ userId: guest.id }, options)).rejects.toMatchObject({
      reason: 'MEMBER_NOT_FOUND',
    });
    const events = await identity.database.query<{ type: string }>(
      `select event->>'type' as type from identity.outbox, json_array_elements(events) event where project_id = $1 order by sequence`,
      [owner.projectId],
    );
    expect(events.map((e) => e.type)).toEqual([
      'thecloud.project.created',
      'thecloud.member.added',
      'thecloud.member.added',
      'thecloud.member.removed',
    ]);
  });

  it('that are admins make no owners', async () => {
    const [owner, admin] = [await caller.newPerson(), await caller.newPerson()];
    await caller.projects.addMember({ email: admin.email, role: 'admin' }, await within(owner));
    const asAdmin = await within(admin, owner.projectId);
    for (const call of [
      () => caller.projects.updateMember({ userId: admin.id, role: 'owner' }, asAdmin),
      () => caller.projects.updateMember({ userId: owner.id, role: 'viewer' }, asAdmin),
      () => caller.projects.removeMember({ userId: owner.id }, asAdmin),
    ])
      await expect(call()).rejects.toMatchObject({ reason: 'OWNER_REQUIRED' });
  });

  it('keep a last owner, even if two owners leave at the same moment', async () => {
    const [a, b] = [await caller.newPerson(), await caller.newPerson()];
    const asA = await within(a);
    await expect(caller.projects.removeMember({ userId: a.id }, asA)).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      reason: 'LAST_OWNER',
    });
    await caller.projects.addMember({ email: b.email, role: 'owner' }, asA);
    const asB = await within(b, a.projectId);
    const left = await Promise.allSettled([
      caller.projects.removeMember({ userId: a.id }, asA),
      caller.projects.updateMember({ userId: b.id, role: 'viewer' }, asB),
    ]);
    expect(left.map((l) => l.status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('row-level security', () => {
  it('shows a project nothing of another, with no filter in the query', async () => {
    const [mine, theirs] = [await caller.newPerson(), await caller.newPerson()];
    const request = { name: 'ci', labels: {}, role: '', expiresAt: undefined };
    await caller.keys.createApiKey(request, await within(theirs));
    const { url, password, ca } = identity.database;
    const db = new Database({ url, password, ca, log: createLogger({ service: 'test', level: 'silent' }) });
    const seen = (scope: Parameters<Database['read']>[0]) =>
      db.read(scope, async (tx) => {
        const [p, m, k, u] = await Promise.all([
          tx.select({ id: projects.id }).from(projects),
          tx.select({ id: members.projectId }).from(members),
          tx.select({ id: apiKeys.projectId }).from(apiKeys),
          tx.select({ id: users.id }).from(users),
        ]);
        return [p, m, k, u].map((rows) => rows.map((row) => row.id));
      });
    const own = [[mine.projectId], [mine.projectId], [], [mine.id]];
    expect(await seen({ projectId: mine.projectId })).toEqual(own);
    expect(await seen({ subject: mine.id })).toEqual(own);
    expect(await seen({ projectId: '' })).toEqual([[], [], [], []]);
    await expect(
      db.write({ projectId: mine.projectId }, (tx) =>
        tx.insert(members).values({ projectId: theirs.projectId, userId: mine.id, role: 'owner' }),
      ),
    ).rejects.toThrow();
    await db.close();
  });
});
