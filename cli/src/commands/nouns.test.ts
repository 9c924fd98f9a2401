import { stat, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { machine, recordedGateway, type Reply } from '../../test/recorded-gateway';

const named = (id: string, name: string, more: object = {}) => ({ metadata: { id, name }, ...more });

describe('the other nouns', () => {
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

  it('shows a new key this once; with -q nothing else', async () => {
    const key = named('key_1', 'ci', { role: 'viewer', prefix: 'cloud_ab', secret: 'cloud_abcdef' });
    await given({ 'POST /v1/api-keys': { status: 201, body: key } });
    const { out, err } = await home.cloud([
      'key',
      'create',
      'ci',
      '--role',
      'viewer',
      '--expires',
      '2030-01-01T00:00:00Z',
    ]);
    expect(out).toMatch(/Secret: +cloud_abcdef\n/);
    expect(err).toContain('not shown again');
    expect(gateway.seen[0]?.body).toEqual({
      name: 'ci',
      role: 'viewer',
      expires_at: '2030-01-01T00:00:00.000Z',
    });
    expect(await home.cloud(['key', 'create', 'ci', '-q'])).toEqual({
      code: 0,
      out: 'cloud_abcdef\n',
      err: '',
    });
  });

  it('makes no key when the file for its secret cannot be made', async () => {
    const key = named('key_1', 'ci', { secret: 'cloud_abcdef' });
    await given({ 'POST /v1/api-keys': { status: 201, body: key } });
    const file = join(home.dir, 'key');
    const created = await home.cloud(['key', 'create', 'ci', '--secret-file', file, '-o', 'json']);
    expect(JSON.parse(created.out)).toEqual(named('key_1', 'ci'));
    expect(await readFile(file, 'utf8')).toBe('cloud_abcdef\n');
    expect((await home.cloud(['key', 'create', 'ci', '--secret-file', file])).code).toBe(2);
    expect(gateway.seen).toHaveLength(1);
    expect(await readFile(file, 'utf8')).toBe('cloud_abcdef\n');
  });

  it('revokes a key by name, found without a name filter', async () => {
    const old = named('key_0', 'ci');
    const live = named('key_1', 'ci');
    await given({
      'GET /v1/api-keys': {
        body: {
          api_keys: [{ ...old, metadata: { ...old.metadata, deleted_at: '2026-01-01T00:00:00Z' } }, live],
        },
      },
      'DELETE /v1/api-keys/key_1': { body: live },
    });
    expect(await home.cloud(['key', 'revoke', 'ci'])).toMatchObject({ code: 0, out: 'Removed ci.\n' });
  });

  it('keeps a join token out of sight', async () => {
    const answer = {
      host: named('host_1', 'a', { status: { state: 'joining' } }),
      join_token: 'join_secret',
    };
    await given({ 'POST /v1/hosts': { status: 201, body: answer } });
    const file = join(home.dir, 'token');
    const { code, out } = await home.cloud(['host', 'add', 'a', '--token-file', file]);
    expect(code).toBe(0);
    expect(out).not.toContain('join_secret');
    expect(await readFile(file, 'utf8')).toBe('join_secret\n');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(gateway.seen[0]?.headers['x-project-id']).toBeUndefined();
    expect((await home.cloud(['host', 'add', 'a', '--token-file', file])).code).toBe(2);
  });

  it('cordons a host by name', async () => {
    const host = named('host_1', 'a', { spec: { cordoned: true }, status: { state: 'ready' } });
    await given({
      'GET /v1/hosts': { body: { hosts: [host] } },
      'POST /v1/hosts/host_1:cordon': { body: host },
    });
    expect((await home.cloud(['host', 'cordon', 'a'])).out).toMatch(/State: +ready \(cordoned\)/);
  });

  it('uploads the file itself, again if need be, with its parameters in the query', async () => {
    const image = named('img_1', 'tiny', { status: { state: 'ready', size_bytes: '2097152' } });
    await given({ 'POST /v1/images:upload': [{ status: 503 }, { status: 201, body: image }] });
    const file = join(home.dir, 'Tiny.tar.gz');
    await writeFile(file, 'not really a tarball');
    const { code, out } = await home.cloud([
      'image',
      'upload',
      file,
      '--label',
      'a.b/c=d',
      '--',
      '/bin/httpd',
      '-f',
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/Size: +2 MiB/);
    const [first, second] = gateway.seen;
    expect(second?.text).toBe('not really a tarball');
    expect(second?.headers).toMatchObject({ 'content-type': 'application/x-tar', 'content-length': '20' });
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
    expect([...(second?.query ?? [])]).toEqual([
      ['name', 'tiny'],
      ['command', '/bin/httpd'],
      ['command', '-f'],
      ['labels[a.b/c]', 'd'],
    ]);
    expect((await home.cloud(['image', 'upload', join(home.dir, 'none')])).code).toBe(2);
    expect((await home.cloud(['image', 'upload', '-'], { stdin: 'tar' })).code).toBe(2);
  });

  it('imports under a name taken from the reference', async () => {
    await given({ 'POST /v1/images': { status: 202, body: named('img_1', 'nginx') } });
    const source = 'docker.io/library/Nginx:1.27@sha256:abc';
    await home.cloud(['image', 'import', source]);
    expect(gateway.seen[0]?.body).toEqual({ name: 'nginx', spec: { source } });
  });

  it('changes members by e-mail address', async () => {
    const member = { user_id: 'usr_2', email: 'Bob@example.org', role: 'viewer' };
    await given({
      'GET /v1/members': { body: { members: [member] } },
      'PATCH /v1/members/usr_2': { body: member },
      'DELETE /v1/members/usr_2': { body: {} },
    });
    expect((await home.cloud(['project', 'members'])).out).toMatch(/Bob@example\.org +viewer/);
    expect((await home.cloud(['project', 'set-role', 'bob@example.org', 'viewer'])).code).toBe(0);
    expect((await home.cloud(['project', 'remove-member', 'bob@example.org'])).code).toBe(0);
    expect((await home.cloud(['project', 'remove-member', 'eve@example.org'])).code).toBe(4);
  });

  it('shows types and the steps of an operation', async () => {
    await given({
      'GET /v1/instance-types': {
        body: {
          instance_types: [{ name: 'nano-1', vcpus: 1, cpu_millicores: 250, memory_mib: 128 }],
        },
      },
      'GET /v1/operations/op_1': {
        body: {
          id: 'op_1',
          kind: 'instance.create',
          state: 'failed',
          steps: [
            { name: 'place', state: 'succeeded' },
            { name: 'pull', state: 'failed', message: 'no such image' },
          ],
          error: { reason: 'IMAGE_PULL_FAILED' },
        },
      },
    });
    expect((await home.cloud(['type', 'ls'])).out).toMatch(/nano-1 +0\.25 +128 +-/);
    expect((await home.cloud(['type', 'ls', '-q'])).out).toBe('nano-1\n');
    const { out } = await home.cloud(['op', 'show', 'op_1']);
    expect(out).toMatch(/Reason: +IMAGE_PULL_FAILED\n/);
    expect(out).toMatch(/Steps: +succeeded {2}place\n:? +failed {2}pull {2}no such image\n/);
  });

  it('shows nothing of what failed on the way of an operation that succeeded', async () => {
    const steps = [
      { name: 'stop', state: 'succeeded' },
      { name: 'remove', state: 'succeeded', message: 'the engine did not answer' },
    ];
    const operation = { id: 'op_1', kind: 'instance.delete', state: 'succeeded', steps };
    await given({ 'GET /v1/operations': { body: { operations: [operation] } } });
    const { out } = await home.cloud(['op', 'list']);
    expect(out).toMatch(/instance\.delete +succeeded +remove +-/);
    expect(out).not.toContain('did not answer');
  });

  it('lists the instances of a host, of every project', async () => {
    const metadata = { id: 'ins_1', name: 'web', project_id: 'prj_7' };
    await given({
      'GET /v1/hosts': { body: { hosts: [{ metadata: { id: 'host_1', name: 'rack1-a' } }] } },
      'GET /v1/hosts/host_1/instances': {
        body: { instances: [{ metadata, spec: { type: 'nano-1' }, status: { state: 'running' } }] },
      },
    });
    const { out } = await home.cloud(['host', 'instances', 'rack1-a', '--state', 'running']);
    expect(out).toMatch(/NAME +STATE +TYPE +PORTS +AGE +ID +PROJECT\nweb +running +nano-1 .*ins_1 +prj_7\n/);
    expect(gateway.seen.map(({ query }) => Object.fromEntries(query))).toMatchObject([
      { name: 'rack1-a' },
      { state: 'running' },
    ]);
  });

  it('narrows lists as the API does', async () => {
    await given({
      'GET /v1/instances': { body: {} },
      'GET /v1/hosts': { body: {} },
      'GET /v1/operations': { body: {} },
      'GET /v1/ssh-keys': { body: {} },
    });
    await home.cloud(['instance', 'ls', '--type', 'nano-1', '--image', 'img_1', '--name-prefix', 'we']);
    await home.cloud(['host', 'ls', '--state', 'ready', '--label', 'zone=a', '--no-cordoned']);
    await home.cloud(['operation', 'ls', '--state', 'failed', '--kind', 'instance.create']);
    await home.cloud(['ssh-key', 'ls', '--label', 'team=web', '--name-prefix', 'lap']);
    expect(gateway.seen.map(({ query }) => Object.fromEntries(query))).toMatchObject([
      { type: 'nano-1', image: 'img_1', name_prefix: 'we' },
      { state: 'ready', label: 'zone=a', cordoned: 'false' },
      { state: 'failed', kind: 'instance.create' },
      { label: 'team=web', name_prefix: 'lap' },
    ]);
  });

  it.each([
    ['instance', 'list', '--image', 'nope'],
    ['instance', 'list', '--host', 'nope'],
    ['image', 'copy', 'web', '--from', 'nope'],
  ])('says that a name means nothing: %s %s %s %s', async (...args) => {
    await given({
      'GET /v1/instances': { body: {} },
      'GET /v1/hosts': { body: {} },
      'GET /v1/images': { body: {} },
      'GET /v1/ssh-keys': { body: {} },
      'GET /v1/projects': { body: {} },
      'GET /v1/operations': { body: {} },
    });
    const { code, out, err } = await home.cloud(args);
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toContain('"nope"');
  });

  it('finds operations by the name of what they are on', async () => {
    await given({
      'GET /v1/operations': {
        body: { operations: [{ id: 'op_1', resource_id: 'img_1', resource_name: 'web' }] },
      },
    });
    const { code, out } = await home.cloud(['operation', 'list', '--resource', 'web']);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/img_1 +web/) as string });
    expect(gateway.seen.at(-1)!.query.get('resource')).toBe('web');
  });

  it('lists contexts without their secrets, and changes between them', async () => {
    await given({});
    const { out } = await home.cloud(['context', 'list', '-o', 'yaml']);
    expect(out).toContain('credential: session');
    expect(out).not.toContain('cloudsess_x');
    expect((await home.cloud(['context', 'use', 'nix'])).code).toBe(4);
    expect((await home.cloud(['context', 'use', 'default'])).code).toBe(0);
  });
});
