import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { machine, problem, recordedGateway, type Reply } from '../../test/recorded-gateway';
import { writeContext, type Config, type Context } from '../config';

const sessionOf = (email: string) => ({ token: `cloudsess_${email}`, user: { id: 'usr_1', email } });
const gone = { status: 401, body: problem(401, 'UNAUTHENTICATED', 'BAD_CREDENTIAL', 'Not known.') };
const ada = 'ada@example.org';

describe('signing in beside another account', () => {
  let gateway: Awaited<ReturnType<typeof recordedGateway>>;
  let home: Awaited<ReturnType<typeof machine>>;
  /** A machine with one context, `local`, which is the current one. */
  const given = async (local: Partial<Context>, routes: Record<string, Reply | Reply[]> = {}) => {
    gateway = await recordedGateway({
      'POST /v1/sessions': { status: 201, body: sessionOf(ada) },
      'POST /v1/users': { status: 201, body: { id: 'usr_1', email: ada } },
      'GET /v1/projects': { body: { projects: [{ metadata: { id: 'prj_1', name: 'default' } }] } },
      'GET /v1/instance-types': { body: {} },
      ...routes,
    });
    home = await machine();
    await writeContext({ server: gateway.url, ...local }, { name: 'local', env: home.env });
  };
  afterEach(async () => {
    await gateway.close();
    await home.remove();
  });
  const config = async () => parse(await readFile(home.configFile, 'utf8')) as Config;
  const signIn = (...argv: string[]) =>
    home.cloud([...argv, '--email', ada, '--password-stdin'], { stdin: 'correct horse battery\n' });
  const adas = () => ({
    ...{ server: gateway.url, account: ada, session_token: `cloudsess_${ada}`, project_id: 'prj_1' },
  });

  it.each(['login', 'register'])(
    '%s keeps the key of the current context, which stays current',
    async (verb) => {
      await given({ api_key: 'cloud_owner' });
      const { code, err } = await signIn(verb);
      expect(code).toBe(0);
      expect(err).toContain(`as context "${ada}"`);
      expect(err).toContain(`still "local". Switch with: cloud context use ${ada}`);
      const both = { local: { server: gateway.url, api_key: 'cloud_owner' }, [ada]: adas() };
      expect(await config()).toEqual({ current_context: 'local', contexts: both });
      // A second time: the same context, and the current one when that is asked for.
      expect((await signIn('login', '--use')).err).toContain('It is the current context now.');
      expect(await config()).toEqual({ current_context: ada, contexts: both });
    },
  );

  it('keeps a session of another account, and replaces one that has ended', async () => {
    const route = 'GET /v1/users/me';
    await given(
      { session_token: 'cloudsess_bob' },
      { [route]: [{ body: { email: 'bob@example.org' } }, gone] },
    );
    await signIn('login');
    expect((await config()).contexts['local']).toEqual({
      server: gateway.url,
      session_token: 'cloudsess_bob',
    });
    await home.cloud(['context', 'rm', ada]);
    await signIn('login');
    expect((await config()).contexts).toEqual({ local: adas() });
  });

  it('keeps what else the context of the same account and server has', async () => {
    await given({ session_token: 'cloudsess_old', account: ada, grpc_address: 'grpc.example:1' });
    await signIn('login');
    const local = { ...adas(), grpc_address: 'grpc.example:1' };
    expect((await config()).contexts).toEqual({ local });
    await home.cloud(['logout']);
    const { server, project_id, grpc_address } = local;
    expect((await config()).contexts).toEqual({ local: { server, project_id, grpc_address } });
  });

  it('overwrites a context that is named, without switching to it', async () => {
    await given({ api_key: 'cloud_owner' });
    for (const verb of ['login', 'register']) {
      const { err } = await signIn(verb, '--server', gateway.url, '--context', 'adm');
      expect(err).toContain('The current context is still "local".');
      expect((await config()).current_context).toBe('local');
    }
    await signIn('login', '--context', 'local');
    expect((await config()).contexts).toEqual({ local: adas(), adm: adas() });
  });

  it('gives a key a context named after its cloud, and another cloud a context of its own', async () => {
    await given({ api_key: 'cloud_owner' });
    const { host } = new URL(gateway.url);
    const keyed = () => home.cloud(['login', '--api-key-stdin'], { stdin: 'cloud_other\n' });
    await keyed();
    await keyed();
    const local = { server: gateway.url, api_key: 'cloud_owner' };
    const other = { server: gateway.url, api_key: 'cloud_other' };
    expect((await config()).contexts).toEqual({ local, [host]: other });

    const elsewhere = await recordedGateway({
      'POST /v1/sessions': { status: 201, body: sessionOf(ada) },
      'GET /v1/projects': { body: {} },
    });
    await signIn('login', '--server', elsewhere.url);
    expect(await config()).toMatchObject({
      current_context: 'local',
      contexts: { local, [ada]: { server: elsewhere.url } },
    });
    await signIn('login');
    expect(Object.keys((await config()).contexts)).toEqual(['local', host, ada, `${ada}@${host}`]);
    await elsewhere.close();
  });

  it('chooses no context for a person when the current one is forgotten, and says so', async () => {
    await given({ api_key: 'cloud_owner' });
    await signIn('login');
    const { code, err } = await home.cloud(['context', 'rm', 'local']);
    expect(code).toBe(0);
    expect(err).toContain(`No context is the current one now. There are: ${ada}.`);
    const lost = await home.cloud(['instance', 'list']);
    expect(lost).toMatchObject({ code: 2 });
    expect(lost.err).toContain('cloud context use NAME');
    await signIn('login', '--server', gateway.url);
    expect(await config()).toEqual({ current_context: ada, contexts: { [ada]: adas() } });
    expect((await home.cloud(['context', 'rm', ada])).err).toContain('No context is left');
  });

  it('says what a disabled account can do, which no role changes', async () => {
    const disabled = problem(403, 'PERMISSION_DENIED', 'USER_DISABLED', 'Ask an administrator to enable it.');
    await given({}, { 'POST /v1/sessions': { status: 403, body: disabled } });
    const { code, err } = await signIn('login');
    expect(code).toBe(3);
    expect(err).toMatch(/^Error: Ask an administrator to enable it\.\n {2}\(USER_DISABLED.*\)\n$/);
  });
});
