import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { machine, recordedGateway } from '../test/recorded-gateway';
import { buildProgram } from './program';

/** A server that must hear nothing: what would be sent to it was meant for another. */
describe('where the cloud command talks to', () => {
  let gateway: Awaited<ReturnType<typeof recordedGateway>>;
  let other: Awaited<ReturnType<typeof recordedGateway>>;
  let home: Awaited<ReturnType<typeof machine>>;
  const types = { 'GET /v1/instance-types': { body: {} } };
  beforeEach(async () => {
    [gateway, other] = [await recordedGateway(types), await recordedGateway(types)];
    home = await machine({ server: gateway.url, api_key: 'cloud_mine' });
  });
  afterEach(async () => {
    await gateway.close();
    await other.close();
    await home.remove();
  });
  const key = { THECLOUD_API_KEY: 'cloud_env' };
  const ask = (argv: string[], env: Record<string, string> = {}) =>
    home.cloud([...argv, 'type', 'list'], { env });
  const keysSeen = ({ seen }: typeof gateway) => seen.map(({ headers }) => headers.authorization);
  const write = async (text: string) => {
    await mkdir(dirname(home.configFile), { recursive: true });
    await writeFile(home.configFile, text, { mode: 0o600 });
  };

  it.each([
    ['an option', ['--context', 'nope'], {}],
    ['an empty option', ['--context', ''], {}],
    ['what every object has', ['--context', 'constructor'], {}],
    ['the environment', [], { THECLOUD_CONTEXT: 'nope' }],
    ['an option, though the environment names a cloud', ['--context', 'nope'], { THECLOUD_URL: 'OTHER' }],
  ])('refuses a context that is not there, named by %s, and sends nothing', async (_, argv, given) => {
    const env = { ...key, ...given, ...('THECLOUD_URL' in given && { THECLOUD_URL: other.url }) };
    const { code, err } = await ask(argv, env);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^Error: There is no context (nope|constructor|)\.\n→ There are: default\.\n→ Make one/,
    );
    expect([gateway.seen, other.seen]).toEqual([[], []]);
  });

  it.each([
    [
      'a current context that is gone',
      'current_context: gone\ncontexts: {a: {server: "URL"}}',
      'names gone as',
    ],
    ['an empty address', 'contexts: {default: {server: ""}}', 'not the URL of a server'],
    ['an address of another sort', 'contexts: {default: {server: "file:///etc"}}', 'not the URL of a server'],
    ['half a file', 'contexts: {default: {ser', 'is not YAML'],
    ['a list', 'contexts: [1]', 'contexts'],
  ])('refuses a configuration with %s, and sends the key nowhere', async (_, text, why) => {
    await write(text.replace('URL', gateway.url));
    const { code, err } = await ask([], key);
    expect(code).toBe(2);
    expect(err).toContain(why);
    expect(gateway.seen).toEqual([]);
  });

  it('sends a key of the environment to the cloud that the environment or the context names', async () => {
    await ask([], key);
    expect(keysSeen(gateway)).toEqual(['Bearer cloud_env']);
    await ask([], { ...key, THECLOUD_URL: other.url });
    expect(keysSeen(other)).toEqual(['Bearer cloud_env']);
    // An option goes before the environment: that context has a key of its own.
    await ask(['--context', 'default'], { ...key, THECLOUD_URL: other.url });
    expect(keysSeen(gateway)).toEqual(['Bearer cloud_env', 'Bearer cloud_mine']);
    await write(`contexts: {bare: {server: "${gateway.url}"}}`);
    expect((await ask(['--context', 'bare'], { ...key, THECLOUD_URL: other.url })).code).toBe(3);
    expect(gateway.seen).toHaveLength(2);
  });

  it('sends a key of the environment nowhere when nothing names a cloud', async () => {
    await write('');
    const { code, err } = await ask([], key);
    expect(code).toBe(2);
    expect(err).toMatch(/nothing says for which cloud it is[\s\S]*THECLOUD_URL/);
  });

  it('lists, makes and chooses contexts whatever the chosen one is', async () => {
    const env = { THECLOUD_CONTEXT: 'nope' };
    expect((await home.cloud(['context', 'list'], { env })).out).toContain('default');
    expect((await home.cloud(['context', 'use', 'default'], { env })).code).toBe(0);
    const signIn = ['login', '--server', gateway.url, '--context', 'new', '--api-key-stdin'];
    expect((await home.cloud(signIn, { stdin: 'cloud_new\n' })).code).toBe(0);
    expect(await readFile(home.configFile, 'utf8')).toContain('new:');
    const nowhere = await home.cloud(['login', '--context', 'newer', '--api-key-stdin'], {
      stdin: 'cloud_new\n',
    });
    expect(nowhere.code).toBe(2);
  });

  it('says all this in its help', () => {
    const { stdout, stderr, stdin } = process;
    let help = '';
    const io = { env: {}, stdin, stdout, stderr, signal: new AbortController().signal };
    const program = buildProgram(io).configureOutput({ writeOut: (text) => void (help += text) });
    program.outputHelp();
    expect(help).toMatch(/THECLOUD_CONTEXT[\s\S]*sent to THECLOUD_URL/);
  });
});
