import { machine, problem, recordedGateway, type Reply } from '../../test/recorded-gateway';

const threeMinutesAgo = new Date(Date.now() - 200_000).toISOString();
const instance = (state: string, more: object = {}) => ({
  metadata: {
    id: 'ins_01jd3y7x5w8f0a9s2k4m6n8p0q',
    name: 'web',
    project_id: 'prj_1',
    labels: { app: 'shop' },
    generation: 1,
    version: 3,
    created_at: threeMinutesAgo,
    operation_id: 'op_1',
  },
  spec: {
    type: 'nano-1',
    image: 'hello',
    env: { A: '1' },
    ports: [{ container_port: 80, host_port: 8081, protocol: 'tcp' }],
  },
  status: {
    state,
    ports: [{ container_port: 80, host_port: 8081, protocol: 'tcp', address: '127.0.0.1' }],
    ...more,
  },
});
const id = instance('running').metadata.id;
const operation = (state: string, more: object = {}) => ({
  id: 'op_1',
  kind: 'instance.create',
  state,
  ...more,
});
const pulling = operation('running', { steps: [{ name: 'pull image', state: 'running', message: '40 %' }] });
const failed = operation('failed', {
  error: { reason: 'NO_CAPACITY', message: 'no host has 64 vCPUs free', advice: 'Choose a smaller type.' },
});
const launch = ['instance', 'launch', 'web', '-i', 'hello', '-t', 'nano-1'];

describe('cloud instance', () => {
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
  const accepted = { status: 202, body: instance('provisioning') };
  const wait = 'GET /v1/operations/op_1:wait';

  it('launches, tells each step once, and shows the result', async () => {
    await given({
      'POST /v1/instances': accepted,
      [wait]: [{ body: pulling }, { body: pulling }, { body: operation('succeeded') }],
      [`GET /v1/instances/${id}`]: { body: instance('running') },
    });
    const argv = [
      ...launch,
      '-p',
      '8081:80',
      '-e',
      'A=1',
      '--label',
      'app=shop',
      '--restart',
      'never',
      '--',
      'sh',
      '-o',
    ];
    const { code, out, err } = await home.cloud(argv);
    expect(code).toBe(0);
    expect(err).toBe('Launching web …\n  pull image: 40 %\n  done after 0s\n');
    expect(out).toMatch(
      /^Name: +web\nState: +running\nType: +nano-1\nImage: +hello\nPorts: +127.0.0.1:8081->80\/tcp\nAge: +3m\n/,
    );
    expect(gateway.seen[0]?.headers['x-project-id']).toBe('prj_1');
    expect(gateway.seen[0]?.body).toEqual({
      name: 'web',
      labels: { app: 'shop' },
      spec: {
        type: 'nano-1',
        image: 'hello',
        command: ['sh', '-o'],
        env: { A: '1' },
        ports: [{ container_port: 80, host_port: 8081, protocol: 'tcp' }],
        restart_policy: 'never',
      },
    });
  });

  it('prints only the id with -q, and the answer itself with -o json', async () => {
    await given({ 'POST /v1/instances': accepted });
    expect(await home.cloud([...launch, '--no-wait', '-q'])).toEqual({ code: 0, out: `${id}\n`, err: '' });
    const { out, err } = await home.cloud([...launch, '--no-wait', '-o', 'json']);
    expect(JSON.parse(out)).toEqual(accepted.body);
    expect(err).toContain('cloud operation wait op_1');
  });

  it('ends a failed launch with 6, the reason, the advice and what to run next', async () => {
    await given({ 'POST /v1/instances': accepted, [wait]: { body: failed } });
    const { code, out, err } = await home.cloud(launch);
    expect({ code, out }).toEqual({ code: 6, out: '' });
    expect(err).toContain(
      'Error: instance.create failed: NO_CAPACITY: no host has 64 vCPUs free\n→ Choose a smaller type.\n',
    );
    expect(err).toContain('cloud operation show op_1');
  });

  it('ends with 7 when time is up, and says that it goes on', async () => {
    await given({ 'POST /v1/instances': accepted, [wait]: { body: pulling } });
    const { code, err } = await home.cloud([...launch, '--timeout', '1']);
    expect(code).toBe(7);
    expect(err).toContain('It goes on without you. Follow it with: cloud operation wait op_1');
  });

  it('lists by filter, page by page, and keeps the shape of the answer', async () => {
    const page = (next: string) => ({
      body: { instances: [instance('failed', { reason: 'EXITED' })], next_page_token: next },
    });
    await given({ 'GET /v1/instances': [page('t1'), page(''), page('t1')] });
    const table = await home.cloud([
      'instance',
      'ls',
      '--state',
      'failed',
      '--label',
      'a=b',
      '--label',
      'c=d',
    ]);
    expect(table.out.split('\n')[0]).toMatch(/^NAME +STATE +TYPE +IMAGE +PORTS +AGE +ID$/);
    expect(table.out.match(/web +failed \(EXITED\)/g)).toHaveLength(2);
    expect(gateway.seen[0]?.query.getAll('label')).toEqual(['a=b', 'c=d']);
    expect(gateway.seen[1]?.query.get('page_token')).toBe('t1');
    const cut = await home.cloud(['instance', 'ls', '--limit', '1', '-o', 'json']);
    expect(JSON.parse(cut.out)).toEqual(page('t1').body);
    expect(cut.err).toContain('There are more');
  });

  it('finds by name, and says when there is none or more than one', async () => {
    const found = (...instances: object[]) => ({ body: { instances } });
    const twin = { ...instance('running'), metadata: { ...instance('running').metadata, id: 'ins_2' } };
    await given({
      'GET /v1/instances': [found(instance('running')), found(), found(instance('running'), twin)],
      [`GET /v1/instances/${id}`]: { body: instance('running') },
    });
    expect((await home.cloud(['instance', 'show', 'web', '-q'])).out).toBe(`${id}\n`);
    expect(gateway.seen[0]?.query.get('name')).toBe('web');
    expect(await home.cloud(['instance', 'show', 'web'])).toMatchObject({
      code: 4,
      err: 'Error: There is no instance named "web".\n→ See them with: cloud instance list\n',
    });
    const ambiguous = await home.cloud(['instance', 'show', 'web']);
    expect(ambiguous.code).toBe(5);
    expect(ambiguous.err).toContain('  ins_2\n');
  });

  it('stops with a grace, and shows what the API refuses', async () => {
    const refusal = problem(400, 'FAILED_PRECONDITION', 'INSTANCE_WRONG_STATE', 'web is being deleted.');
    await given({ [`POST /v1/instances/${id}:stop`]: { status: 400, body: refusal } });
    const { code, err } = await home.cloud(['instance', 'stop', id, '--grace', '60']);
    expect(gateway.seen[0]?.body).toEqual({ grace_seconds: 60 });
    expect({ code, err }).toEqual({
      code: 5,
      err: 'Error: web is being deleted.\n  (INSTANCE_WRONG_STATE, request req_1)\n',
    });
  });

  it('updates only what is named, on top of what it has seen', async () => {
    await given({
      [`GET /v1/instances/${id}`]: { body: instance('running') },
      [`PATCH /v1/instances/${id}`]: accepted,
    });
    await home.cloud([
      'instance',
      'update',
      id,
      '--label',
      'tier=x',
      '--unset-env',
      'A',
      '--no-publish',
      '--no-wait',
    ]);
    expect(gateway.seen[1]?.body).toEqual({
      labels: { app: 'shop', tier: 'x' },
      spec: { env: {}, ports: [] },
      update_mask: ['labels', 'spec.env', 'spec.ports'],
      version: 3,
    });
    expect((await home.cloud(['instance', 'update', id])).code).toBe(2);
  });

  it('changes type, image and entrypoint', async () => {
    await given({
      [`GET /v1/instances/${id}`]: { body: instance('running') },
      [`PATCH /v1/instances/${id}`]: accepted,
    });
    const update = (...more: string[]) => home.cloud(['instance', 'update', id, '--no-wait', ...more]);
    await update('--type', 'basic-1', '--image', 'hello-2', '--entrypoint', '/bin/sleep', '--', '1000');
    expect(gateway.seen[1]?.body).toMatchObject({
      spec: { type: 'basic-1', image: 'hello-2', entrypoint: ['/bin/sleep'], command: ['1000'] },
      update_mask: ['spec.type', 'spec.image', 'spec.entrypoint', 'spec.command'],
    });
    await update('--no-entrypoint');
    expect(gateway.seen[3]?.body).toMatchObject({ spec: { entrypoint: [] } });
    await update('--entrypoint', '');
    expect(gateway.seen[5]?.body).toMatchObject({ spec: { entrypoint: [''] } });
  });

  it('says what an update loses, and does not lose it unasked', async () => {
    const started = { started_at: threeMinutesAgo };
    await given({
      [`GET /v1/instances/${id}`]: { body: instance('running', started) },
      [`PATCH /v1/instances/${id}`]: accepted,
    });
    const update = async (...more: string[]) => {
      const { code, err } = await home.cloud(['instance', 'update', id, '--no-wait', ...more]);
      return { code, err, sent: gateway.seen.filter(({ method }) => method === 'PATCH').length };
    };
    const refused = await update('-e', 'Q=1', '--type', 'basic-1');
    expect(refused).toMatchObject({ code: 2, sent: 0 });
    expect(refused.err).toMatch(
      /Another type, env makes a new container of web: all files .* are lost, .*volumes/,
    );
    expect(refused.err).toContain('--yes');
    expect(await update('-e', 'Q=1', '--yes')).toMatchObject({ code: 0, sent: 1 });
    // Nothing is lost by what changes in place, or not at all.
    expect(await update('--label', 'a=b', '--restart', 'never')).toMatchObject({ code: 0, sent: 2 });
    expect(await update('-e', 'A=1', '--type', 'nano-1')).toMatchObject({ code: 0, sent: 3 });
  });

  it('removes and waits until it is gone', async () => {
    await given({
      [`DELETE /v1/instances/${id}`]: { status: 202, body: instance('deleting') },
      [wait]: { body: operation('succeeded') },
    });
    expect(await home.cloud(['instance', 'rm', id])).toMatchObject({ code: 0, out: `Removed ${id}.\n` });
  });

  it('waits for a state, for its end, and not for what cannot come', async () => {
    const show = `GET /v1/instances/${id}`;
    const gone = { status: 404, body: problem(404, 'NOT_FOUND', 'INSTANCE_NOT_FOUND', 'gone') };
    await given({
      [show]: [
        { body: instance('starting') },
        { body: instance('running') },
        { body: instance('deleting') },
        gone,
        { body: instance('failed', { reason: 'EXITED', message: 'code 1' }) },
        gone,
      ],
    });
    const waitFor = (state: string) => home.cloud(['instance', 'wait', id, '--for', state, '-q']);
    expect(await waitFor('running')).toEqual({ code: 0, out: `${id}\n`, err: '' });
    expect(await waitFor('deleted')).toEqual({ code: 0, out: '', err: '' });
    const failedInstead = await waitFor('running');
    expect(failedInstead.code).toBe(6);
    expect(failedInstead.err).toContain('is failed: EXITED: code 1');
    expect((await waitFor('running')).code).toBe(4);
  });
});
