import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { machine, problem, recordedGateway } from '../../test/recorded-gateway';

describe('contexts', () => {
  let home: Awaited<ReturnType<typeof machine>>;
  beforeEach(async () => void (home = await machine()));
  afterEach(() => home.remove());
  const config = async () => parse(await readFile(home.configFile, 'utf8')) as Record<string, unknown>;
  const server = 'https://cloud.example.org';

  it('are added, listed, chosen and forgotten', async () => {
    const add = ['context', 'add', 'lab', '--server', `${server}/`];
    const { code, err } = await home.cloud([...add, '--project-id', 'prj_1']);
    expect(code).toBe(0);
    expect(err).toContain('cloud login --context lab');
    expect(await config()).toEqual({
      current_context: 'lab',
      contexts: { lab: { server, project_id: 'prj_1' } },
    });
    expect((await home.cloud([...add])).code).toBe(5);

    await home.cloud(['context', 'add', 'other', '--server', 'http://127.0.0.1:8080']);
    expect((await config()).current_context).toBe('lab');
    await home.cloud(['context', 'add', 'third', '--server', server, '--use']);
    expect((await config()).current_context).toBe('third');
    await home.cloud(['context', 'use', 'other']);
    expect((await home.cloud(['context', 'list'])).out).toMatch(
      /\* +other +http:\/\/127\.0\.0\.1:8080 +none/,
    );

    expect((await home.cloud(['context', 'rm', 'other'])).code).toBe(0);
    expect((await home.cloud(['context', 'rm', 'other'])).code).toBe(4);
    expect((await home.cloud(['context', 'use', 'other'])).code).toBe(4);
    expect(Object.keys((await config()).contexts as object)).toEqual(['lab', 'third']);
  });

  it('keep a key only if the cloud knows it', async () => {
    const refusal = { status: 401, body: problem(401, 'UNAUTHENTICATED', 'BAD_CREDENTIAL', 'Not known.') };
    const gateway = await recordedGateway({ 'GET /v1/instance-types': [refusal, { body: {} }] });
    const add = ['context', 'add', 'ci', '--server', gateway.url, '--api-key-stdin'];
    expect(await home.cloud(add, { stdin: 'cloud_bad\n' })).toMatchObject({ code: 3 });
    await expect(config()).rejects.toThrow('ENOENT');
    expect(await home.cloud(add, { stdin: 'cloud_good\n' })).toMatchObject({ code: 0 });
    expect((await config()).contexts).toEqual({ ci: { server: gateway.url, api_key: 'cloud_good' } });
    await gateway.close();
  });
});
