import { chmod, stat } from 'node:fs/promises';
import { machine, problem, recordedGateway, type Reply } from '../../test/recorded-gateway';

const host = (name: string, status: object) => ({ metadata: { id: `host_${name}`, name }, spec: {}, status });
const fine: Record<string, Reply> = {
  'GET /health/ready': { body: { status: 'ready', backends: { compute: 'serving', identity: 'serving' } } },
  'GET /openapi.json': { body: { info: { version: 'v1' } } },
  'GET /v1/projects': { body: { projects: [{ metadata: { id: 'prj_1', name: 'shop' } }] } },
  'GET /v1/hosts': { body: { hosts: [host('a', { state: 'ready', reason: '' })] } },
};

describe('cloud doctor', () => {
  let gateway: Awaited<ReturnType<typeof recordedGateway>>;
  let home: Awaited<ReturnType<typeof machine>>;
  const given = async (routes: Record<string, Reply>) => {
    gateway = await recordedGateway({ ...fine, ...routes });
    home = await machine({ server: gateway.url, api_key: 'cloud_k' });
  };
  afterEach(async () => {
    await gateway.close();
    await home.remove();
  });
  const findings = async () => {
    const { code, out } = await home.cloud(['doctor', '-o', 'json']);
    const all = (
      JSON.parse(out) as { findings: { check: string; state: string; message: string; advice?: string }[] }
    ).findings;
    return { code, state: Object.fromEntries(all.map(({ check, state }) => [check, state])), all };
  };

  it('finds nothing wrong where nothing is', async () => {
    await given({});
    const { code, out } = await home.cloud(['doctor']);
    expect(code).toBe(0);
    expect(out).toMatch(/^CHECK +STATE +FOUND\nprogram +ok/);
    expect(out).not.toContain('→');
    expect((await findings()).state).toEqual({
      program: 'ok',
      configuration: 'ok',
      API: 'ok',
      'service compute': 'ok',
      'service identity': 'ok',
      clock: 'ok',
      certificate: 'ok',
      versions: 'ok',
      credential: 'ok',
      'host a': 'ok',
    });
  });

  it('says what to do about each thing that is wrong, and ends with 1', async () => {
    await given({
      'GET /health/ready': {
        status: 503,
        body: {
          status: 'not ready',
          backends: { compute: 'unreachable' },
          engines: { nats: 'not serving', postgres: 'serving' },
          certificates: { compute: 'ends soon', identity: 'good' },
        },
        headers: { date: 'Thu, 01 Jan 1970 00:00:00 GMT' },
      },
      'GET /openapi.json': { body: { info: { version: 'v7' } } },
      'GET /v1/projects': {
        status: 401,
        body: problem(401, 'UNAUTHENTICATED', 'BAD_CREDENTIAL', 'Not known.'),
      },
      'GET /v1/hosts': {
        body: {
          hosts: [
            host('a', { state: 'suspect', message: 'silent' }),
            host('b', { state: 'ready', reason: 'DOCKER_AWAY' }),
            host('ahead', { state: 'ready', reason: '', clock_offset_ms: 2_600 }),
            host('behind', { state: 'ready', reason: '', clock_offset_ms: -90_000 }),
            host('unrenewed', { state: 'ready', reason: '', certificate_ends_at: '2030-01-01T00:00:00Z' }),
            host('near', { state: 'ready', reason: '', clock_offset_ms: -900 }),
          ],
        },
      },
    });
    await chmod(home.configFile, 0o644);
    const { code, state, all } = await findings();
    expect(code).toBe(1);
    expect(state).toMatchObject({
      configuration: 'warning',
      'service compute': 'failed',
      'engine nats': 'failed',
      'engine postgres': 'ok',
      clock: 'warning',
      versions: 'warning',
      credential: 'failed',
      'host a': 'failed',
      'host b': 'warning',
      'host ahead': 'warning',
      'host behind': 'warning',
      'host near': 'ok',
      'host unrenewed': 'warning',
      'certificate of compute': 'warning',
      'certificate of identity': 'ok',
    });
    const said = (check: string) => all.find((each) => each.check === check)?.message;
    expect(said('host ahead')).toContain("2.6 s ahead of the control plane's");
    expect(said('host unrenewed')).toContain('ends at 2030-01-01T00:00:00Z');
    expect(said('host behind')).toContain("90.0 s behind the control plane's");
    for (const each of all) expect(each.advice !== undefined).toBe(/failed|warning/.test(each.state));
    expect((await stat(home.configFile)).mode & 0o777).toBe(0o600);
    expect((await home.cloud(['doctor', '-q'])).out).toContain('engine nats\n');
    expect((await home.cloud(['doctor'])).out).toContain('→ credential: Sign in again with: cloud login');
  });

  it('goes no further where nothing answers', async () => {
    await given({});
    await gateway.close();
    const { code, state } = await findings();
    expect({ code, api: state.API }).toEqual({ code: 1, api: 'failed' });
    expect(state).not.toHaveProperty('credential');
  });

  it('passes over what only administrators see', async () => {
    await given({ 'GET /v1/hosts': { status: 403, body: problem(403, 'PERMISSION_DENIED', 'NO', 'No.') } });
    expect(await findings()).toMatchObject({ code: 0, state: { hosts: 'skipped' } });
  });
});
