import { decodeJwt } from 'jose';
import { type IdentityCaller, identityCaller, startTestIdentity, testEngines } from '@thecloud/testkit';
import type { TestEngines, TestIdentity } from '@thecloud/testkit';

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
const within = (person: Person, idempotencyKey?: string) =>
  caller.as(person.session, { projectId: person.projectId, idempotencyKey });
const asks = (name: string, role = '', expiresAt?: Date) => ({ name, labels: {}, role, expiresAt });
const refusal = { code: 'UNAUTHENTICATED', reason: 'UNAUTHENTICATED' };

describe('an API key', () => {
  it('shows its secret once, is stored hashed, and stands for its project and role', async () => {
    const person = await caller.newPerson();
    const key = await caller.keys.createApiKey(asks('ci'), await within(person));
    expect(key.secret).toMatch(/^cloud_[A-Za-z0-9_-]{43}$/);
    expect(key).toMatchObject({ role: 'developer', createdBy: person.id, prefix: key.secret.slice(0, 12) });

    const id = key.metadata?.id ?? '';
    const again = await caller.keys.getApiKey({ id }, await within(person));
    expect(again).toEqual({ ...key, secret: '' });
    const everything = await identity.database.query<{ row: string }>(
      `select to_jsonb(k)::text || (select string_agg(to_jsonb(o)::text, '') from identity.outbox o) as row from identity.api_key k where id = $1`,
      [id],
    );
    expect(everything[0]?.row).not.toContain(key.secret.slice(12));

    const exchanged = await caller.exchange(key.secret);
    expect(exchanged).toMatchObject({ subject: id, projectId: person.projectId });
    const claims = decodeJwt(exchanged.token);
    expect(claims).toMatchObject({ kind: 'api_key', prj: person.projectId, role: 'developer' });
    expect(claims['adm']).toBeUndefined();
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(60);
  });

  it('is made once for an idempotency key, with the same secret in the answer', async () => {
    const person = await caller.newPerson();
    const options = await within(person, 'once-1');
    const made = await Promise.all([1, 2, 3, 4, 5].map(() => caller.keys.createApiKey(asks('ci'), options)));
    expect(new Set(made.map((key) => key.secret)).size).toBe(1);
    await expect(caller.keys.createApiKey(asks('other'), options)).rejects.toMatchObject({
      reason: 'IDEMPOTENCY_KEY_REUSED',
    });
    const { apiKeys } = await caller.keys.listApiKeys({ ...everything, pageSize: 0 }, options);
    expect(apiKeys).toHaveLength(1);
  });

  it('stops at once when it is revoked, and its name is free again', async () => {
    const person = await caller.newPerson();
    const options = await within(person);
    const key = await caller.keys.createApiKey(asks('ci'), options);
    await expect(caller.keys.createApiKey(asks('ci'), options)).rejects.toMatchObject({
      reason: 'API_KEY_NAME_TAKEN',
    });
    const id = key.metadata?.id ?? '';
    const revoked = await caller.keys.deleteApiKey({ id }, options);
    expect(revoked.metadata?.deletedAt).toBeInstanceOf(Date);
    await expect(caller.exchange(key.secret)).rejects.toMatchObject(refusal);
    for (const gone of [caller.keys.getApiKey({ id }, options), caller.keys.deleteApiKey({ id }, options)])
      await expect(gone).rejects.toMatchObject({ reason: 'API_KEY_NOT_FOUND' });
    await expect(caller.keys.createApiKey(asks('ci'), options)).resolves.toBeDefined();
  });

  it('ends when it expires, and cannot be made expired', async () => {
    const person = await caller.newPerson();
    const options = await within(person);
    const past = new Date(Date.now() - 1_000);
    await expect(caller.keys.createApiKey(asks('late', '', past), options)).rejects.toMatchObject({
      reason: 'API_KEY_EXPIRY_PAST',
      violations: [expect.objectContaining({ field: 'expires_at' })],
    });
    const soon = new Date(Date.now() + 3_600_000);
    const key = await caller.keys.createApiKey(asks('soon', '', soon), options);
    await expect(caller.exchange(key.secret)).resolves.toBeDefined();
    await identity.database.query(
      `update identity.api_key set expires_at = now() - interval '1 second' where id = $1`,
      [key.metadata?.id],
    );
    await expect(caller.exchange(key.secret)).rejects.toMatchObject(refusal);
  });

  it('can make no key mightier than itself, and a developer none at all', async () => {
    const person = await caller.newPerson();
    const admin = await caller.keys.createApiKey(asks('admin', 'admin'), await within(person));
    const asAdmin = await caller.as(admin.secret);
    await expect(caller.keys.createApiKey(asks('boss', 'owner'), asAdmin)).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      reason: 'ROLE_TOO_HIGH',
    });
    const made = await caller.keys.createApiKey(asks('dev', 'developer'), asAdmin);
    expect(made.createdBy).toBe(admin.metadata?.id);
    const asDeveloper = await caller.as(made.secret);
    await expect(caller.keys.createApiKey(asks('x', 'viewer'), asDeveloper)).rejects.toMatchObject({
      reason: 'PERMISSION_DENIED',
    });
    await expect(caller.keys.listApiKeys({ ...everything, pageSize: 0 }, asDeveloper)).resolves.toMatchObject(
      { nextPageToken: '' },
    );
  });

  it('does no more than the user behind it still may', async () => {
    const [owner, guest] = [await caller.newPerson(), await caller.newPerson()];
    await caller.projects.addMember({ email: guest.email, role: 'admin' }, await within(owner));
    const asGuest = await caller.as(guest.session, { projectId: owner.projectId });
    const key = await caller.keys.createApiKey(asks('guest', 'admin'), asGuest);
    await caller.projects.updateMember({ userId: guest.id, role: 'viewer' }, await within(owner));
    expect(decodeJwt((await caller.exchange(key.secret)).token)).toMatchObject({ role: 'viewer' });
    await caller.projects.removeMember({ userId: guest.id }, await within(owner));
    await expect(caller.exchange(key.secret)).rejects.toMatchObject(refusal);
  });

  it('belongs to one project: another is not found, and foreign keys answer as missing ones', async () => {
    const [mine, theirs] = [await caller.newPerson(), await caller.newPerson()];
    const key = await caller.keys.createApiKey(asks('ci'), await within(theirs));
    await expect(caller.exchange(key.secret, mine.projectId)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      reason: 'PROJECT_NOT_FOUND',
    });
    const answer = async (id: string) => {
      const error = await caller.keys.getApiKey({ id }, await within(mine)).catch((e: unknown) => e);
      const { code, reason, message } = error as { code: string; reason: string; message: string };
      return { code, reason, message: message.replace(id, '') };
    };
    const foreign = await answer(key.metadata?.id ?? '');
    expect(foreign.reason).toBe('API_KEY_NOT_FOUND');
    expect(await answer('key_01arz3ndektsv4rrffq69g5fav')).toEqual(foreign);
    await expect(
      caller.keys.deleteApiKey({ id: key.metadata?.id ?? '' }, await within(mine)),
    ).rejects.toMatchObject({ reason: 'API_KEY_NOT_FOUND' });
    await expect(caller.exchange(key.secret)).resolves.toBeDefined();
  });

  it('notes its last use, to the minute', async () => {
    const person = await caller.newPerson();
    const key = await caller.keys.createApiKey(asks('ci'), await within(person));
    await caller.exchange(key.secret);
    const id = key.metadata?.id ?? '';
    const lastUse = async () => (await caller.keys.getApiKey({ id }, await within(person))).lastUsedAt;
    let first: Date | undefined;
    while (!first) first = await lastUse();
    await caller.exchange(key.secret);
    expect(await lastUse()).toEqual(first);
  });

  it('is listed newest first, page by page', async () => {
    const person = await caller.newPerson();
    const options = await within(person);
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await caller.keys.createApiKey(asks(name), options);
    const seen: Array<string | undefined> = [];
    let pageToken = '';
    do {
      const page = await caller.keys.listApiKeys({ ...everything, pageSize: 2, pageToken }, options);
      expect(page.apiKeys.length).toBeLessThanOrEqual(2);
      seen.push(...page.apiKeys.map((key) => key.metadata?.name));
      pageToken = page.nextPageToken;
    } while (pageToken);
    expect(seen).toEqual(names.reverse());

    const soon = {
      ...asks('soon'),
      labels: { of: 'ci' },
      role: 'viewer',
      expiresAt: new Date(Date.now() + 60_000),
    };
    await caller.keys.createApiKey(soon, options);
    const namesOf = async (filter: object) =>
      (await caller.keys.listApiKeys({ ...everything, ...filter }, options)).apiKeys.map(
        (k) => k.metadata?.name,
      );
    expect(await namesOf({ name: 'c' })).toEqual(['c']);
    expect(await namesOf({ role: 'viewer', label: ['of=ci'] })).toEqual(['soon']);
    expect(await namesOf({ state: 'expired' })).toEqual([]);
    await identity.database.query(`update identity.api_key set expires_at = now() where name = 'soon'`);
    expect(await namesOf({ state: 'expired' })).toEqual(['soon']);
    expect(await namesOf({ state: 'active' })).toEqual(names);
  });

  it.each(['', 'cloud_', 'cloud_unknown', 'cloudsess_unknown', 'Bearer x', `cloud_${'a'.repeat(43)}`])(
    'is none: %j',
    async (credential) => {
      const refused = credential ? refusal : { code: 'INVALID_ARGUMENT' };
      await expect(caller.exchange(credential)).rejects.toMatchObject(refused);
    },
  );
});
