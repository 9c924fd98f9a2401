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

const logIn = (email: string, password: string, address?: string) =>
  caller.sessions.createSession({ email, password, newPassword: '' }, caller.stranger({ address }));

describe('registering', () => {
  it('opens an account with a first project, once an address however it is spelled', async () => {
    const request = { email: 'Ann@Example.com', password: 'correct horse battery', name: 'Ann' };
    const user = await caller.users.registerUser(request, caller.stranger());
    expect(user).toMatchObject({ email: 'ann@example.com', name: 'Ann', platformAdmin: false });
    await expect(
      caller.users.registerUser({ ...request, email: 'ann@EXAMPLE.com' }, caller.stranger()),
    ).rejects.toMatchObject({ code: 'ALREADY_EXISTS', reason: 'EMAIL_TAKEN' });

    const session = await logIn('ANN@example.com', request.password);
    const me = await caller.users.getCurrentUser({}, await caller.as(session.token));
    expect(me).toEqual(user);
    const { projects } = await caller.projects.listProjects(
      { ...everything, pageSize: 0 },
      await caller.as(session.token),
    );
    expect(projects.map((p) => [p.metadata?.name, p.role])).toEqual([['default', 'owner']]);
  });

  it('keeps passwords as argon2id hashes, with the recommended parameters, and no secret in plain', async () => {
    const person = await caller.newPerson();
    const [row] = await identity.database.query<{ password_hash: string; sessions: string }>(
      `select password_hash, (select string_agg(token_hash, ' ') from identity.session) as sessions
         from identity."user" where id = $1`,
      [person.id],
    );
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(row?.sessions).toMatch(/^[0-9a-f]{64}( [0-9a-f]{64})*$/);
  });

  it.each([
    ['a short password', { email: 'bob@example.com', password: 'short' }, 'password'],
    ['no e-mail address', { email: 'bob', password: 'correct horse battery' }, 'email'],
  ])('refuses %s', async (_, request, field) => {
    const made = caller.users.registerUser({ ...request, name: '' }, caller.stranger());
    await expect(made).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [expect.objectContaining({ field })],
    });
  });

  it('can be closed', async () => {
    const closed = await startTestIdentity(engines, { THECLOUD_REGISTRATION: 'closed' });
    const there = await identityCaller(engines, closed);
    await expect(there.newPerson()).rejects.toMatchObject({ reason: 'REGISTRATION_CLOSED' });
    there.close();
    await closed.close();
  });
});

describe('signing in', () => {
  it('answers alike for a wrong password and an unknown account, after alike work', async () => {
    const person = await caller.newPerson();
    const attempt = async (email: string) => {
      const started = performance.now();
      const error = await logIn(email, 'not the password', '192.0.2.9').catch((e: unknown) => e);
      const { code, reason, message } = error as { code: string; reason: string; message: string };
      return { answer: { code, reason, message }, ms: performance.now() - started };
    };
    const known: Array<Awaited<ReturnType<typeof attempt>>> = [];
    const unknown: typeof known = [];
    for (let i = 0; i < 5; i++) {
      known.push(await attempt(person.email));
      unknown.push(await attempt('nobody@example.com'));
    }
    expect(known[0]?.answer).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'LOGIN_FAILED' });
    expect(unknown[0]?.answer).toEqual(known[0]?.answer);
    const fastest = (of: typeof known) => Math.min(...of.map((a) => a.ms));
    expect(fastest(unknown)).toBeGreaterThan(fastest(known) / 3);
  });

  it('is limited per account to 10 failures, wherever from, with the time to wait', async () => {
    const person = await caller.newPerson();
    const from = (i: number) => `198.51.100.${i}`;
    const attempts = await Promise.allSettled(
      Array.from({ length: 14 }, (_, i) => logIn(person.email, 'guess', from(i))),
    );
    const reasons = attempts.map((a) =>
      a.status === 'rejected' ? (a.reason as Error & { reason: string }).reason : '',
    );
    expect(reasons.filter((r) => r === 'LOGIN_FAILED')).toHaveLength(10);
    expect(reasons.filter((r) => r === 'LOGIN_LIMITED')).toHaveLength(4);

    const even = logIn(person.email, person.password, from(99));
    await expect(even).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED', reason: 'LOGIN_LIMITED' });
    const { retryAfterSeconds } = (await even.catch((e: unknown) => e)) as { retryAfterSeconds: number };
    expect(retryAfterSeconds).toBeGreaterThan(800);
    expect(retryAfterSeconds).toBeLessThanOrEqual(900);

    // The window passes.
    await identity.database.query(
      `update identity.login_attempt set window_ends_at = now() - interval '1 second' where key = $1`,
      [`account:${person.email}`],
    );
    await expect(logIn(person.email, person.password, from(99))).resolves.toMatchObject({
      user: { id: person.id },
    });
  });

  it('is limited per address to 50 failures, and successes do not count', async () => {
    const person = await caller.newPerson();
    const address = '203.0.113.7';
    await identity.database.query(
      `insert into identity.login_attempt values ($1, 49, now() + interval '1 minute')`,
      [`address:${address}`],
    );
    await logIn(person.email, person.password, address);
    await logIn(person.email, person.password, address);
    await expect(logIn('nobody@example.com', 'guess', address)).rejects.toMatchObject({
      reason: 'LOGIN_FAILED',
    });
    await expect(logIn(person.email, person.password, address)).rejects.toMatchObject({
      reason: 'LOGIN_LIMITED',
    });
    await expect(logIn(person.email, person.password, '203.0.113.8')).resolves.toBeDefined();
  });

  it('ends with signing out, of this session only', async () => {
    const person = await caller.newPerson();
    const other = await logIn(person.email, person.password);
    const options = await caller.as(person.session);
    await caller.sessions.deleteCurrentSession({}, options);
    await expect(caller.exchange(person.session)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(caller.exchange(other.token)).resolves.toMatchObject({ subject: person.id });
  });

  it('does not outlive the session', async () => {
    const person = await caller.newPerson();
    await identity.database.query(
      `update identity.session set expires_at = now() - interval '1 second' where user_id = $1`,
      [person.id],
    );
    await expect(caller.exchange(person.session)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
