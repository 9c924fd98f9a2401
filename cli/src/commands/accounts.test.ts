import { machine, problem, recordedGateway, type Reply } from '../../test/recorded-gateway';

const ada = { id: 'usr_1', email: 'ada@example.org', name: 'Ada', state: 'active', platform_admin: false };
const found = { 'GET /v1/users': { body: { users: [ada] } } };
const handedOut = { user: ada, password: 'one-time-secret', expires_at: '2030-01-01T00:00:00Z' };
const lastOne = problem(400, 'FAILED_PRECONDITION', 'LAST_ADMINISTRATOR', 'This is the last administrator.');

describe('accounts', () => {
  let gateway: Awaited<ReturnType<typeof recordedGateway>>;
  let home: Awaited<ReturnType<typeof machine>>;
  const given = async (routes: Record<string, Reply | Reply[]>) => {
    gateway = await recordedGateway(routes);
    home = await machine({ server: gateway.url, session_token: 'cloudsess_x', project_id: 'prj_1' });
  };
  afterEach(async () => {
    await gateway.close();
    await home.remove();
  });
  /** The last request, without what all have. */
  const asked = () => {
    const { method, path, body } = gateway.seen.at(-1)!;
    return { method, path, body };
  };

  describe('cloud user', () => {
    it('lists by state, address and rights', async () => {
      await given(found);
      const args = ['user', 'list', '--state', 'active', '--email', ada.email, '--admin'];
      const { code, out } = await home.cloud(args);
      expect(code).toBe(0);
      expect(out).toMatch(/EMAIL +NAME +STATE +ADMINISTRATOR/);
      expect(out).toMatch(/ada@example.org +Ada +active +no/);
      expect(Object.fromEntries(gateway.seen[0]!.query)).toMatchObject({
        ...{ state: 'active', email: ada.email, platform_admin: 'true' },
      });
      expect(JSON.parse((await home.cloud(['user', 'ls', '-o', 'json'])).out)).toMatchObject({
        users: [ada],
      });
      expect((await home.cloud(['user', 'ls', '--state', 'asleep'])).code).toBe(2);
    });

    it('shows one by address or id, and says when there is none', async () => {
      await given({
        'GET /v1/users': [found['GET /v1/users'], { body: {} }],
        'GET /v1/users/usr_1': { body: ada },
      });
      expect(JSON.parse((await home.cloud(['user', 'show', ada.email, '-o', 'json'])).out)).toEqual(ada);
      expect((await home.cloud(['user', 'show', 'usr_1', '-q'])).out).toBe('usr_1\n');
      const { code, err } = await home.cloud(['user', 'show', 'nobody@example.org']);
      expect({ code, err }).toEqual({ code: 4, err: expect.stringContaining('cloud user list') as string });
    });

    it.each([
      [['create', ada.email, '--name', 'Ada'], '/v1/users:create', { email: ada.email, name: 'Ada' }],
      [['reset-password', ada.email], '/v1/users/usr_1:resetPassword', {}],
    ])('%j shows a one-time password, this once', async (args, path, body) => {
      await given({ ...found, [`POST ${path}`]: { status: 201, body: handedOut } });
      const { code, out, err } = await home.cloud(['user', ...args]);
      expect(code).toBe(0);
      expect(out).toContain('one-time-secret');
      expect(err).toContain('not shown again');
      expect(asked()).toEqual({ method: 'POST', path, body });
      expect(JSON.parse((await home.cloud(['user', ...args, '-o', 'json'])).out)).toEqual(handedOut);
      expect((await home.cloud(['user', ...args, '-q'])).out).toBe('one-time-secret\n');
    });

    it.each([
      ['disable', { state: 'disabled' }],
      ['enable', { state: 'active' }],
      ['grant-admin', { platform_admin: true }],
      ['revoke-admin', { platform_admin: false }],
    ])('%s answers with the account as it now is', async (verb, change) => {
      const action = verb.replace('-admin', 'Administrator');
      await given({ ...found, [`POST /v1/users/usr_1:${action}`]: { body: { ...ada, ...change } } });
      const { code, out } = await home.cloud(['user', verb, ada.email, '-o', 'json']);
      expect({ code, out: JSON.parse(out) as unknown }).toEqual({ code: 0, out: { ...ada, ...change } });
      expect(asked()).toMatchObject({ method: 'POST', path: `/v1/users/usr_1:${action}`, body: {} });
    });

    it.each([
      ['disable', 'POST', '/v1/users/usr_1:disable'],
      ['rm', 'DELETE', '/v1/users/usr_1'],
    ])('%s says who takes over the projects', async (verb, method, path) => {
      await given({ ...found, [`${method} ${path}`]: { body: ada } });
      const args = ['user', verb, ada.email, '--hand-over-to', 'eve@example.org'];
      expect((await home.cloud(verb === 'rm' ? [...args, '--yes'] : args)).code).toBe(0);
      const { body, query } = gateway.seen.at(-1)!;
      expect(body ?? Object.fromEntries(query)).toEqual({ hand_over_to: 'eve@example.org' });
    });

    it.each([
      ['revoke-admin', 'POST', '/v1/users/usr_1:revokeAdministrator'],
      ['disable', 'POST', '/v1/users/usr_1:disable'],
      ['rm', 'DELETE', '/v1/users/usr_1'],
    ])('%s of the last administrator is a conflict', async (verb, method, path) => {
      await given({ ...found, [`${method} ${path}`]: { status: 400, body: lastOne } });
      const args = ['user', verb, ada.email];
      const { code, out, err } = await home.cloud(verb === 'rm' ? [...args, '--yes'] : args);
      expect({ code, out }).toEqual({ code: 5, out: '' });
      expect(err).toContain('This is the last administrator.');
    });

    it('prints names that its other verbs take, whatever people call themselves', async () => {
      const people = [ada, { ...ada, id: 'usr_2', email: 'bob@example.org', name: '' }];
      await given({ 'GET /v1/users': { body: { users: people } } });
      const { out } = await home.cloud(['user', 'list', '-o', 'name']);
      expect(out).toBe('ada@example.org\nbob@example.org\n');
      for (const email of out.trim().split('\n'))
        expect((await home.cloud(['user', 'show', email])).code).toBe(0);
    });

    it('is refused to others', async () => {
      const no = problem(403, 'PERMISSION_DENIED', 'ADMINISTRATOR_REQUIRED', 'Only administrators may.');
      await given({ 'GET /v1/users': { status: 403, body: no } });
      const { code, err } = await home.cloud(['user', 'list']);
      expect(code).toBe(3);
      expect(err).toContain('cloud whoami');
      expect(err).not.toContain('owner or admin of the project');
    });
  });

  describe('cloud password', () => {
    const route = 'POST /v1/users/me:changePassword';

    it('sends the two lines of standard input, and shows neither', async () => {
      await given({ [route]: { body: {} } });
      const { code, out, err } = await home.cloud(['password'], { stdin: 'the old one\nthe new one\n' });
      expect(code).toBe(0);
      expect(asked().body).toEqual({ old_password: 'the old one', new_password: 'the new one' });
      expect(out + err).toMatch(/Changed\./);
      expect(out + err).not.toMatch(/the (old|new) one/);
    });

    it('asks for nothing without a second line', async () => {
      await given({});
      expect((await home.cloud(['password'], { stdin: 'the old one\n' })).code).toBe(2);
      expect(gateway.seen).toEqual([]);
    });

    it('tells that the present one is wrong, and tries once', async () => {
      const wrong = problem(400, 'INVALID_ARGUMENT', 'PASSWORD_WRONG', 'That is not it.');
      await given({
        [route]: [
          { status: 503, body: problem(503, 'UNAVAILABLE', 'X', 'Away.') },
          { status: 400, body: wrong },
        ],
      });
      expect((await home.cloud(['password'], { stdin: 'a\nb\n' })).code).toBe(7);
      expect(gateway.seen).toHaveLength(1);
      const { code, err } = await home.cloud(['password'], { stdin: 'a\nb\n' });
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('That is not it.') as string });
    });
  });

  describe('cloud project', () => {
    const shop = { metadata: { id: 'prj_2', name: 'shop', labels: {} }, role: 'owner' };
    const listed = { 'GET /v1/projects': { body: { projects: [shop] } } };

    it('renames, in the project that is named', async () => {
      const store = { ...shop, metadata: { ...shop.metadata, name: 'store' } };
      await given({ ...listed, 'PATCH /v1/projects/prj_2': { body: store } });
      const { code, out } = await home.cloud(['project', 'rename', 'shop', 'store', '-o', 'json']);
      expect({ code, out: JSON.parse(out) as unknown }).toEqual({ code: 0, out: store });
      expect(asked().body).toEqual({ name: 'store' });
      expect(gateway.seen.at(-1)!.headers['x-project-id']).toBe('prj_2');
    });

    it('removes an empty one, and says what is in another', async () => {
      const full = problem(400, 'FAILED_PRECONDITION', 'PROJECT_NOT_EMPTY', 'It has 2 instances (web, db).');
      await given({
        ...listed,
        'GET /v1/projects/prj_2': { body: shop },
        'DELETE /v1/projects/prj_2': [
          { status: 202, body: {} },
          { status: 400, body: full },
        ],
      });
      const removed = await home.cloud(['project', 'rm', 'shop', '--yes']);
      expect({ ...removed, out: removed.out + removed.err, err: '' }).toEqual({
        code: 0,
        out: 'Removed shop.\n',
        err: '',
      });
      expect(gateway.seen.at(-1)!.headers['x-project-id']).toBe('prj_2');
      const { code, err } = await home.cloud(['project', 'rm', 'shop', '-y']);
      expect({ code, err }).toEqual({
        code: 5,
        err: expect.stringContaining('2 instances (web, db)') as string,
      });
    });

    it.each([
      ['use', ['project', 'use', 'default']],
      ['rename', ['project', 'rename', 'default', 'shop']],
      ['rm', ['project', 'rm', 'default']],
      ['leave', ['project', 'leave', 'default']],
      ['show', ['project', 'show', 'default']],
      ['copy an image from', ['image', 'copy', 'web', '--from', 'default']],
      ['work in', ['instance', 'list', '--project', 'default']],
    ])('is not guessed of several of one name: %s', async (_, args) => {
      const twins = ['prj_1', 'prj_2'].map((id) => ({ metadata: { id, name: 'default' }, role: 'owner' }));
      await given({ 'GET /v1/projects': { body: { projects: twins } } });
      const { code, err } = await home.cloud(args);
      expect({ code, err }).toEqual({
        code: 5,
        err: expect.stringContaining('"default" names 2 projects.\n  prj_1\n  prj_2\n') as string,
      });
      expect(gateway.seen.map(({ method }) => method)).toEqual(['GET']);
      const env = { THECLOUD_PROJECT: 'default' };
      expect((await home.cloud(['instance', 'list'], { env })).code).toBe(5);
    });

    it.each([
      [['project', 'rm', 'shop'], 'This deletes project shop (prj_2) for good.', 'prj_2', undefined],
      [
        ['user', 'rm', ada.email],
        'This deletes the account ada@example.org (usr_1) for good.',
        'usr_1',
        'deleted',
      ],
    ])('%j asks first, and prints what was removed as data', async (args, question, id, state) => {
      await given({
        ...{ ...found, ...listed },
        'GET /v1/projects/prj_2': { body: shop },
        'DELETE /v1/projects/prj_2': { status: 202, body: {} },
        'DELETE /v1/users/usr_1': { body: ada },
      });
      const unasked = await home.cloud(args);
      expect({ ...unasked, out: '' }).toMatchObject({ code: 2 });
      expect(unasked.err).toContain('--yes');
      const no = await home.cloud(args, { stdin: 'no\n', terminal: true });
      expect({ code: no.code, out: no.out }).toEqual({ code: 2, out: '' });
      expect(no.err).toContain(question);
      expect(gateway.seen.filter(({ method }) => method === 'DELETE')).toEqual([]);
      const yes = await home.cloud([...args, '-o', 'json'], { stdin: 'y\n', terminal: true });
      expect(yes.code).toBe(0);
      expect(JSON.parse(yes.out)).toMatchObject(state ? { id, state } : { metadata: { id } });
    });

    it('is left, but not by its last owner, and not when there is none of that name', async () => {
      const last = problem(400, 'FAILED_PRECONDITION', 'LAST_OWNER', 'It would have no owner.');
      await given({ ...listed, 'DELETE /v1/members/me': [{ body: {} }, { status: 400, body: last }] });
      const left = await home.cloud(['project', 'leave', 'shop']);
      expect({ code: left.code, told: left.out + left.err }).toEqual({
        code: 0,
        told: 'You have left shop.\n',
      });
      expect(gateway.seen.at(-1)!.headers['x-project-id']).toBe('prj_2');
      expect((await home.cloud(['project', 'leave', 'shop'])).code).toBe(5);
      await gateway.close();
      await home.remove();
      await given({ 'GET /v1/projects': { body: {} } });
      expect((await home.cloud(['project', 'leave', 'other'])).code).toBe(4);
    });
  });

  it('cloud host rm --label removes those with the label, and goes on after one that is in use', async () => {
    const host = (name: string, zone = 'a') => ({ metadata: { id: `host_${name}`, name, labels: { zone } } });
    const full = problem(400, 'FAILED_PRECONDITION', 'HOST_NOT_EMPTY', 'It carries web.');
    await given({
      'GET /v1/hosts': { body: { hosts: [host('a'), host('b'), host('c', 'b')] } },
      'DELETE /v1/hosts/host_a': { status: 400, body: full },
      'DELETE /v1/hosts/host_b': { body: host('b') },
    });
    const { code, out, err } = await home.cloud(['host', 'rm', '--label', 'zone=a', '--yes']);
    expect({ code, out }).toEqual({ code: 5, out: 'Removed b.\n' });
    expect(err).toContain('It carries web.');
    const removals = gateway.seen.filter(({ method }) => method === 'DELETE');
    expect(removals.map(({ path }) => path)).toEqual(['/v1/hosts/host_a', '/v1/hosts/host_b']);
    expect((await home.cloud(['host', 'rm'])).code).toBe(2);
  });
});
