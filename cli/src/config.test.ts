import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { machine } from '../test/recorded-gateway';
import { readConfig, writeContext } from './config';
import { connect } from './connection';

const silent = () => undefined;

describe('configuration', () => {
  let home: Awaited<ReturnType<typeof machine>>;
  beforeEach(async () => void (home = await machine()));
  afterEach(() => home.remove());

  const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

  it('is readable by its owner alone, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      await writeContext({ server: 'http://a', api_key: 'cloud_x' }, { env: home.env });
    } finally {
      process.umask(before);
    }
    expect(await modeOf(home.configFile)).toBe(0o600);
    expect(await modeOf(dirname(home.configFile))).toBe(0o700);
  });

  it('keeps other contexts and replaces one as a whole', async () => {
    await writeContext({ server: 'http://a', api_key: 'cloud_a', project_id: 'prj_1' }, { env: home.env });
    await writeContext({ server: 'http://b' }, { env: home.env, name: 'b', makeCurrent: false });
    await writeContext({ server: 'http://a', session_token: 'cloudsess_a' }, { env: home.env });
    expect(await readConfig(home.env, silent)).toEqual({
      current_context: 'default',
      contexts: { default: { server: 'http://a', session_token: 'cloudsess_a' }, b: { server: 'http://b' } },
    });
  });

  it('closes a file that others could read, and says so', async () => {
    await writeContext({ server: 'http://a' }, { env: home.env });
    await chmod(home.configFile, 0o644);
    const warnings: string[] = [];
    await readConfig(home.env, (text) => warnings.push(text));
    expect(await modeOf(home.configFile)).toBe(0o600);
    expect(warnings).toEqual([expect.stringContaining(home.configFile)]);
  });

  it('writes through a link', async () => {
    const real = join(home.dir, 'real.yaml');
    await writeFile(real, '');
    await mkdir(dirname(home.configFile));
    await symlink(real, home.configFile);
    await writeContext({ server: 'http://a' }, { env: home.env });
    expect(await readFile(real, 'utf8')).toContain('server: http://a');
  });

  it.each(['{', '[]', 'contexts: 5', 'contexts: {default: {server: 5}}'])(
    'refuses %s with exit code 2',
    async (text) => {
      await mkdir(dirname(home.configFile));
      await writeFile(home.configFile, text, { mode: 0o600 });
      await expect(readConfig(home.env, silent)).rejects.toMatchObject({ exitCode: 2 });
    },
  );

  it('lets the environment go before the file, and options before both', async () => {
    await writeContext(
      { server: 'http://a', session_token: 'cloudsess_a', project_id: 'prj_1' },
      { env: home.env },
    );
    const plain = await connect(home.env, {}, silent);
    expect(plain).toMatchObject({ server: 'http://a', credential: 'cloudsess_a', projectId: 'prj_1' });
    const env = { ...home.env, THECLOUD_API_KEY: 'cloud_k', THECLOUD_PROJECT: 'shop' };
    expect(await connect(env, {}, silent)).toMatchObject({ credential: 'cloud_k', projectWanted: 'shop' });
    expect(await connect(env, { project: 'lab' }, silent)).toMatchObject({ projectWanted: 'lab' });
  });

  it('never shows a credential to another server', async () => {
    await writeContext({ server: 'http://a', session_token: 'cloudsess_a' }, { env: home.env });
    const elsewhere = await connect({ ...home.env, THECLOUD_URL: 'http://b' }, {}, silent);
    expect(elsewhere.credential).toBeUndefined();
  });
});
