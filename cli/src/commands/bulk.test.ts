import { machine, problem, recordedGateway, type Reply } from '../../test/recorded-gateway';

const instance = (name: string, labels: object = {}) => ({
  metadata: { id: `ins_${name}`, name, labels, operation_id: `op_${name}` },
  status: { state: 'deleting', reason: 'EXITED', message: 'left from before' },
});
const ended = {
  body: { id: 'op', kind: 'instance.delete', state: 'succeeded', ended_at: '2030-01-01T00:00:00Z' },
};
const refusal = { status: 404, body: problem(404, 'NOT_FOUND', 'INSTANCE_NOT_FOUND', 'gone') };

describe('what acts on several', () => {
  let gateway: Awaited<ReturnType<typeof recordedGateway>>;
  let home: Awaited<ReturnType<typeof machine>>;
  const given = async (routes: Record<string, Reply | Reply[]>) => {
    gateway = await recordedGateway(routes);
    home = await machine({ server: gateway.url, api_key: 'cloud_x' });
  };
  afterEach(async () => {
    await gateway.close();
    await home.remove();
  });
  const removal = (...names: string[]) =>
    Object.fromEntries(
      names.flatMap((name) => [
        [`DELETE /v1/instances/ins_${name}`, { status: 202, body: instance(name) }],
        [`GET /v1/operations/op_${name}:wait`, ended],
      ]),
    );

  it('removes each of those named, asking for all before it waits for the first', async () => {
    await given(removal('a', 'b'));
    expect(await home.cloud(['instance', 'rm', 'ins_a', 'ins_b', 'ins_a'])).toMatchObject({
      code: 0,
      out: 'Removed ins_a.\nRemoved ins_b.\n',
    });
    expect(gateway.seen.map(({ method }) => method)).toEqual(['DELETE', 'DELETE', 'GET', 'GET']);
  });

  it('goes on when one fails, tells which, and ends with its exit code', async () => {
    await given({ ...removal('a', 'c'), 'DELETE /v1/instances/ins_b': refusal });
    const { code, out, err } = await home.cloud(['instance', 'rm', 'ins_b', 'ins_a', 'ins_c']);
    expect({ code, out }).toEqual({ code: 4, out: 'Removed ins_a.\nRemoved ins_c.\n' });
    expect(err).toContain('Error: ins_b: gone\n');
  });

  it('counts an operation that failed, and waits for the others', async () => {
    const failed = {
      body: { ...ended.body, state: 'failed', error: { reason: 'DRIVER_FAILED', message: 'no' } },
    };
    await given({ ...removal('a', 'b'), 'GET /v1/operations/op_a:wait': failed });
    const { code, out, err } = await home.cloud(['instance', 'rm', 'ins_a', 'ins_b']);
    expect({ code, out }).toEqual({ code: 6, out: 'Removed ins_b.\n' });
    expect(err).toContain('Error: ins_a: instance.delete failed: DRIVER_FAILED: no');
  });

  it('asks nothing more of a cloud that knows no such credential', async () => {
    const unknown = { status: 401, body: problem(401, 'UNAUTHENTICATED', 'BAD_CREDENTIAL', 'Not known.') };
    await given({ 'DELETE /v1/instances/ins_a': unknown });
    expect((await home.cloud(['instance', 'rm', 'ins_a', 'ins_b'])).code).toBe(3);
    expect(gateway.seen).toHaveLength(1);
  });

  it('ends a removal in the state that it came to, not in the one of its beginning', async () => {
    await given(removal('a', 'b'));
    const one = JSON.parse((await home.cloud(['instance', 'rm', 'ins_a', '-o', 'json'])).out) as object;
    expect(one).toMatchObject({
      metadata: { deleted_at: '2030-01-01T00:00:00Z' },
      status: { state: 'deleted', reason: '', message: '' },
    });
    const { out } = await home.cloud(['instance', 'rm', 'ins_a', 'ins_b', '-o', 'json']);
    expect(JSON.parse(out)).toMatchObject({
      instances: [{ status: { state: 'deleted' } }, { status: { state: 'deleted' } }],
    });
    const unawaited = await home.cloud(['instance', 'rm', 'ins_a', '--no-wait', '-o', 'json']);
    expect(JSON.parse(unawaited.out)).toMatchObject({ status: { state: 'deleting' } });
  });

  const labelled = {
    'GET /v1/instances': {
      body: { instances: [instance('a', { app: 'shop' }), instance('b', { app: 'shop' }), instance('c')] },
    },
  };

  it('removes all that carry a label, once that was confirmed', async () => {
    await given({ ...labelled, ...removal('a', 'b', 'c') });
    const unasked = await home.cloud(['instance', 'rm', '--label', 'app=shop']);
    expect(unasked.code).toBe(2);
    expect(unasked.err).toMatch(/remove 2 instances: a, b\.[\s\S]*--yes/);
    expect(gateway.seen.map(({ method }) => method)).toEqual(['GET']);
    expect(gateway.seen[0]?.query.getAll('label')).toEqual(['app=shop']);
    const { code, out } = await home.cloud(['instance', 'rm', '--label', 'app=shop', '--yes', '-q']);
    expect({ code, out }).toEqual({ code: 0, out: 'ins_a\nins_b\n' });
  });

  it('asks a person, and takes only yes for yes', async () => {
    await given({ ...labelled, ...removal('a', 'b') });
    const rm = ['instance', 'rm', '-l', 'app=shop'];
    const no = await home.cloud(rm, { stdin: 'n\n', terminal: true });
    expect(no).toMatchObject({ code: 2, out: '' });
    expect(no.err).toContain('This would remove 2 instances: a, b. Go on? [y/N] ');
    expect(await home.cloud(rm, { stdin: 'y\n', terminal: true })).toMatchObject({
      out: 'Removed a.\nRemoved b.\n',
    });
  });

  it.each([
    ['start', 'running', 'runs already.'],
    ['stop', 'stopped', 'is stopped already.'],
  ])('%s waits for nothing of what is %s already', async (verb, state, told) => {
    const web = { ...instance('web'), status: { state } };
    await given({
      [`POST /v1/instances/ins_web:${verb}`]: { status: 202, body: web },
      'GET /v1/instances/ins_web': { body: web },
    });
    const { code, err } = await home.cloud(['instance', verb, 'ins_web']);
    expect({ code, err }).toEqual({ code: 0, err: `ins_web ${told}\n` });
  });

  it('says when no label matches, and refuses names with labels or neither', async () => {
    await given(labelled);
    expect(await home.cloud(['instance', 'rm', '--label', 'app=none', '--yes'])).toEqual({
      code: 0,
      out: '',
      err: 'No instance has the label app=none.\n',
    });
    expect((await home.cloud(['instance', 'rm'])).code).toBe(2);
    expect((await home.cloud(['instance', 'rm', 'a', '--label', 'app=shop'])).code).toBe(2);
  });

  it('starts and stops several, and shows what they are then', async () => {
    const running = (name: string) => ({ ...instance(name), status: { state: 'running' } });
    await given({
      'POST /v1/instances/ins_a:stop': { status: 202, body: running('a') },
      'POST /v1/instances/ins_b:stop': { status: 202, body: running('b') },
      'GET /v1/operations/op_a:wait': ended,
      'GET /v1/operations/op_b:wait': ended,
      'GET /v1/instances/ins_a': { body: { ...instance('a'), status: { state: 'stopped' } } },
      'GET /v1/instances/ins_b': { body: { ...instance('b'), status: { state: 'stopped' } } },
    });
    const { code, out } = await home.cloud(['instance', 'stop', 'ins_a', 'ins_b', '--grace', '5']);
    expect(code).toBe(0);
    expect(out).toMatch(/^NAME .*\na +stopped .*\nb +stopped /);
    expect(gateway.seen[1]?.body).toEqual({ grace_seconds: 5 });
  });

  it('selects by label where the list cannot be filtered', async () => {
    const key = (name: string, labels: object, more: object = {}) => ({
      metadata: { id: `key_${name}`, name, labels, ...more },
    });
    const old = key('old', { ci: 'yes' }, { deleted_at: '2026-01-01T00:00:00Z' });
    await given({
      'GET /v1/api-keys': { body: { api_keys: [old, key('a', { ci: 'yes' }), key('b', {})] } },
      'DELETE /v1/api-keys/key_a': { body: key('a', {}) },
    });
    expect(await home.cloud(['key', 'revoke', '--label', 'ci=yes'])).toMatchObject({
      code: 0,
      out: 'Removed a.\n',
    });
    expect(gateway.seen[0]?.query.has('label')).toBe(false);
  });
});
