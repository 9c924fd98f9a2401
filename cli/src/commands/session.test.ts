import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { machine, problem, recordedGateway, type Reply } from '../../test/recorded-gateway';

const project = (name: string) => ({ metadata: { id: `prj_${name}`, name }, role: 'owner' });
const user = { id: 'usr_1', email: 'ada@example.org', name: 'Ada', platform_admin: true };
const session = { id: 'ses_1', token: 'cloudsess_secret', user };
const unauthenticated = {
  status: 401,
  body: problem(401, 'UNAUTHENTICATED', 'BAD_CREDENTIAL', 'Not known.'),
};

describe('signing in and out', () => {
  let gateway: Awaited<ReturnType<typeof recordedGateway>>;
  let home: Awaited<ReturnType<typeof machine>>;
  const given = async (routes: Record<string, Reply | Reply[]>) => {
    gateway = await recordedGateway(routes);
    home = await machine();
  };
  afterEach(async () => {
    await gateway.close();
    await home.remove();
  });
  const login = (argv: string[], stdin: string) =>
    home.cloud(['login', '--server', gateway.url, ...argv], { stdin });
  const withPassword = ['--email', 'ada@example.org', '--password-stdin'];
  const config = async () =>
    parse(await readFile(home.configFile, 'utf8')) as { contexts: object; current_context: string };
  const routes = (...names: string[]) => ({
    'POST /v1/sessions': { status: 201, body: session },
    'GET /v1/projects': { body: { projects: names.map(project) } },
  });

  it('remembers the session and the only project, and shows no secret', async () => {
    await given(routes('shop'));
    const { code, out, err } = await login(withPassword, 'correct horse\n');
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toContain('as ada@example.org');
    expect(err).not.toMatch(/cloudsess_|horse/);
    expect(gateway.seen[0]?.body).toEqual({ email: 'ada@example.org', password: 'correct horse' });
    expect(gateway.seen[0]?.headers.authorization).toBeUndefined();
    expect(gateway.seen[1]?.headers.authorization).toBe('Bearer cloudsess_secret');
    expect((await config()).contexts).toEqual({
      default: {
        server: gateway.url,
        account: user.email,
        session_token: 'cloudsess_secret',
        project_id: 'prj_shop',
      },
    });
  });

  it('takes the project that is named, and none of several unasked', async () => {
    await given(routes('shop', 'lab'));
    await login([...withPassword, '--project', 'lab'], 'pw');
    expect((await config()).contexts).toMatchObject({ default: { project_id: 'prj_lab' } });
    expect((await login([...withPassword, '--project', 'nix'], 'pw')).code).toBe(4);
    await gateway.close();
    await home.remove();
    await given(routes('shop', 'lab', 'lab'));
    expect(await login([...withPassword, '--project', 'lab'], 'pw')).toMatchObject({ code: 5 });
    await expect(config()).rejects.toThrow('ENOENT');
    await login([...withPassword, '--project', 'shop'], 'pw');
    const { err } = await login([...withPassword, '--context', 'other'], 'pw');
    expect(err).toContain('cloud project use NAME');
    expect((await home.cloud(['--context', 'other', 'instance', 'list'])).code).toBe(2);
    await home.cloud(['--context', 'other', 'project', 'use', 'shop']);
  });

  it('refuses a wrong password, a missing one, and a missing terminal', async () => {
    const refusal = problem(401, 'UNAUTHENTICATED', 'LOGIN_FAILED', 'The address or the password is wrong.');
    await given({ 'POST /v1/sessions': { status: 401, body: refusal } });
    const wrong = await login(withPassword, 'wrong');
    expect(wrong).toMatchObject({ code: 3 });
    expect(wrong.err).toContain('cloud register');
    expect(wrong.err).not.toContain('Sign in with');
    expect(await login(withPassword, '')).toMatchObject({ code: 2 });
    expect(await login([], '')).toMatchObject({ code: 2 });
    await expect(config()).rejects.toThrow('ENOENT');
  });

  it('remembers an API key only if it is known', async () => {
    await given({ 'GET /v1/instance-types': [unauthenticated, { body: {} }] });
    const bad = await login(['--api-key-stdin'], 'cloud_bad\n');
    expect(bad).toMatchObject({ code: 3 });
    expect(bad.err).toContain('does not know this API key');
    expect(await login(['--api-key-stdin'], ' cloud_good\n')).toMatchObject({ code: 0 });
    expect(gateway.seen[1]?.headers.authorization).toBe('Bearer cloud_good');
    expect((await config()).contexts).toEqual({ default: { server: gateway.url, api_key: 'cloud_good' } });
    expect(await home.cloud(['project', 'use', 'shop'])).toMatchObject({ code: 2 });
  });

  it('opens an account and signs in to it', async () => {
    await given({ ...routes('ada'), 'POST /v1/users': { status: 201, body: user } });
    const { code, err } = await home.cloud(
      ['register', '--server', gateway.url, '--name', 'Ada', ...withPassword],
      { stdin: 'correct horse battery\n' },
    );
    expect(code).toBe(0);
    expect(err).toMatch(/Made an account for ada@example\.org[\s\S]*Working in project ada\./);
    expect(err).not.toMatch(/cloudsess_|horse/);
    const account = { email: 'ada@example.org', password: 'correct horse battery' };
    expect(gateway.seen.map(({ path, body }) => [path, body]).slice(0, 2)).toEqual([
      ['/v1/users', { ...account, name: 'Ada' }],
      ['/v1/sessions', account],
    ]);
    expect((await home.cloud(['register', '--server', gateway.url])).code).toBe(2);
  });

  it.each([
    ['SESSION_REQUIRED', 3],
    ['REGISTRATION_CLOSED', 3],
    ['PROJECT_REQUIRED', 2],
    ['LAST_OWNER', 5],
  ])('ends with the exit code that %s means', async (reason, code) => {
    await given({
      'GET /v1/users/me': { status: 400, body: problem(400, 'FAILED_PRECONDITION', reason, 'No.') },
    });
    const env = { THECLOUD_URL: gateway.url, THECLOUD_API_KEY: 'cloud_k' };
    expect((await home.cloud(['api', 'GET', '/v1/users/me'], { env })).code).toBe(code);
  });

  it('shows who and where, and forgets on logout even when the session is over', async () => {
    await given({
      ...routes('shop'),
      'GET /v1/users/me': { body: user },
      'GET /v1/projects/prj_shop': { body: project('shop') },
      'DELETE /v1/sessions/current': unauthenticated,
    });
    await login(withPassword, 'pw');
    expect((await home.cloud(['whoami'])).out).toMatch(/ada@example\.org[\s\S]*shop \(prj_shop\)/);
    expect(JSON.parse((await home.cloud(['whoami', '-o', 'json'])).out)).toEqual({
      server: gateway.url,
      context: 'default',
      credential: 'session',
      credential_source: 'configuration',
      user,
      project: { id: 'prj_shop', name: 'shop', role: 'owner' },
    });
    expect(await home.cloud(['logout'])).toMatchObject({ code: 0 });
    expect((await config()).contexts).toEqual({ default: { server: gateway.url, project_id: 'prj_shop' } });
    expect((await home.cloud(['whoami'])).code).toBe(3);
  });

  it('shows an API key, which is no person, in the same shape', async () => {
    await given(routes('shop'));
    const env = { THECLOUD_URL: gateway.url, THECLOUD_API_KEY: 'cloud_k' };
    const { code, out } = await home.cloud(['whoami'], { env });
    expect(code).toBe(0);
    expect(out).toMatch(/Project: +shop \(prj_shop\)\nRole: +owner\n[\s\S]*API key from environment/);
    expect(JSON.parse((await home.cloud(['whoami', '-o', 'json'], { env })).out)).toEqual({
      server: gateway.url,
      context: 'default',
      credential: 'api_key',
      credential_source: 'environment',
      user: null,
      project: { id: 'prj_shop', name: 'shop', role: 'owner' },
    });
  });
});
