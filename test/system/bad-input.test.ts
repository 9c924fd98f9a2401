import { eventually } from '@thecloud/testkit';
import { idOf } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';

jest.setTimeout(60_000);
let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ driver: 'noop' });
  await cloud.importStarter();
});
afterAll(() => cloud.close());

const spec = { type: 'nano-1', image: 'starter' };
interface Case {
  readonly what: string;
  readonly verb?: string;
  readonly path?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly status: number;
  readonly reason: string;
  readonly field?: string;
}

const cases: Case[] = [
  { what: 'nothing', body: {}, status: 400, reason: 'INVALID_FIELDS', field: 'name' },
  { what: 'an empty name', body: { name: '', spec }, status: 400, reason: 'INVALID_FIELDS', field: 'name' },
  {
    what: 'a huge name',
    body: { name: 'x'.repeat(10_000), spec },
    status: 400,
    reason: 'INVALID_FIELDS',
    field: 'name',
  },
  {
    what: 'a name of the wrong type',
    body: { name: 7, spec },
    status: 400,
    reason: 'INVALID_FIELDS',
    field: 'name',
  },
  {
    what: 'an unknown field',
    body: { name: 'a', spec: { ...spec, colour: 'red' } },
    status: 400,
    reason: 'INVALID_FIELDS',
    field: 'spec.colour',
  },
  { what: 'broken JSON', body: '{"name":', status: 400, reason: 'MALFORMED_JSON' },
  {
    what: 'a huge body',
    body: JSON.stringify({ name: 'x'.repeat(2 << 20) }),
    status: 413,
    reason: 'BODY_TOO_LARGE',
  },
  {
    what: 'another content type',
    body: 'name=a',
    headers: { 'content-type': 'text/plain' },
    status: 415,
    reason: 'UNSUPPORTED_MEDIA_TYPE',
  },
  {
    what: 'an unknown image',
    body: { name: 'a', spec: { ...spec, image: 'nowhere' } },
    status: 400,
    reason: 'IMAGE_UNKNOWN',
    field: 'spec.image',
  },
  {
    what: 'an unknown type',
    body: { name: 'a', spec: { ...spec, type: 'mega-9' } },
    status: 400,
    reason: 'INSTANCE_TYPE_UNKNOWN',
    field: 'spec.type',
  },
  {
    what: 'a port twice',
    body: {
      name: 'a',
      spec: {
        ...spec,
        ports: [
          { container_port: 80, host_port: 9000 },
          { container_port: 81, host_port: 9000 },
        ],
      },
    },
    status: 400,
    reason: 'PORT_REPEATED',
    field: 'spec.ports',
  },
  {
    what: 'a port beyond 65535',
    body: { name: 'a', spec: { ...spec, ports: [{ container_port: 65_536 }] } },
    status: 400,
    reason: 'INVALID_FIELDS',
    field: 'spec.ports[0].container_port',
  },
  {
    what: 'a negative port',
    body: { name: 'a', spec: { ...spec, ports: [{ container_port: -1 }] } },
    status: 400,
    reason: 'INVALID_FIELDS',
    field: 'spec.ports[0].container_port',
  },
  {
    what: 'a NUL character',
    body: { name: 'a', spec: { ...spec, env: { A: 'x\0y' } } },
    status: 400,
    reason: 'MALFORMED_JSON',
  },
  {
    what: 'an idempotency key with spaces',
    body: { name: 'a', spec },
    headers: { 'idempotency-key': 'a b c' },
    status: 400,
    reason: 'IDEMPOTENCY_KEY_INVALID',
  },
  { what: 'an unknown route', verb: 'GET', path: '/v1/instancez', status: 404, reason: 'UNKNOWN_ROUTE' },
  {
    what: 'a wrong method',
    verb: 'PUT',
    path: '/v1/instances',
    body: {},
    status: 405,
    reason: 'METHOD_NOT_ALLOWED',
  },
  {
    what: 'a broken page token',
    verb: 'GET',
    path: '/v1/instances?page_token=***',
    status: 400,
    reason: 'PAGE_TOKEN_INVALID',
    field: 'page_token',
  },
  {
    what: 'a huge page',
    verb: 'GET',
    path: '/v1/instances?page_size=501',
    status: 400,
    reason: 'INVALID_FIELDS',
    field: 'page_size',
  },
  {
    what: 'an unknown filter',
    verb: 'GET',
    path: '/v1/instances?statte=running',
    status: 400,
    reason: 'INVALID_FIELDS',
    field: 'statte',
  },
  {
    what: 'an unknown state',
    verb: 'GET',
    path: '/v1/instances?state=flying',
    status: 400,
    reason: 'INVALID_FIELDS',
    field: 'state',
  },
  {
    what: 'a missing id',
    verb: 'GET',
    path: '/v1/instances/ins_00000000000000000000000000',
    status: 404,
    reason: 'INSTANCE_NOT_FOUND',
  },
  {
    what: 'an id that is none',
    verb: 'GET',
    path: "/v1/instances/x';drop table instance",
    status: 404,
    reason: 'INSTANCE_NOT_FOUND',
  },
  {
    what: 'a private key',
    path: '/v1/ssh-keys',
    body: { name: 'a', public_key: '-----BEGIN OPENSSH PRIVATE KEY-----' },
    status: 400,
    reason: 'SSH_KEY_INVALID',
    field: 'public_key',
  },
  {
    what: 'an image reference with a space',
    path: '/v1/images',
    body: { name: 'a', spec: { source: 'x y' } },
    status: 400,
    reason: 'INVALID_FIELDS',
    field: 'spec.source',
  },
  {
    what: 'a grant to nobody',

    path: '/v1/users/usr_01arz3ndektsv4rrffq69g5fav:grantAdministrator',
    body: {},
    status: 404,
    reason: 'USER_UNKNOWN',
  },
  {
    what: 'a grant to what is no id',

    path: '/v1/users/x%27;drop%20table%20user:grantAdministrator',
    body: {},
    status: 404,
    reason: 'USER_UNKNOWN',
  },
  {
    what: 'a grant with more than an id',

    path: '/v1/users/usr_01arz3ndektsv4rrffq69g5fav:grantAdministrator',
    body: { until: 1 },
    status: 400,
    reason: 'INVALID_FIELDS',
    field: 'until',
  },
  {
    what: 'a revocation from nobody',

    path: '/v1/users/usr_01arz3ndektsv4rrffq69g5fav:revokeAdministrator',
    body: {},
    status: 404,
    reason: 'USER_UNKNOWN',
  },
  {
    what: 'a revocation with more than an id',

    path: '/v1/users/usr_01arz3ndektsv4rrffq69g5fav:revokeAdministrator',
    body: [],
    status: 400,
    reason: 'INVALID_FIELDS',
  },
  {
    what: 'a sharing of no image',

    path: '/v1/images/img_00000000000000000000000000:share',
    body: {},
    status: 404,
    reason: 'IMAGE_NOT_FOUND',
  },
  {
    what: 'a copy of nothing',
    path: '/v1/images:copy',
    body: { name: 'a' },
    status: 400,
    reason: 'INVALID_FIELDS',
    field: 'image_id',
  },
  {
    what: 'a copy of what is no id',
    path: '/v1/images:copy',
    body: { name: 'a', image_id: "x';drop table image" },
    status: 404,
    reason: 'IMAGE_NOT_FOUND',
  },
];

it.each(cases.map((c) => [c.what, c] as const))('refuses %s, saying why', async (_what, c) => {
  const answer = await cloud.admin.call(c.verb ?? 'POST', c.path ?? '/v1/instances', c.body, c.headers);
  expect({ status: answer.status, reason: answer.body.reason }).toEqual({
    status: c.status,
    reason: c.reason,
  });
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.body.code).toMatch(/^[A-Z_]+$/);
  expect(answer.body.detail).toBeTruthy();
  expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'));
  if (c.field) expect(answer.body.violations?.map((v) => v.field)).toContain(c.field);
});

it('leaves nothing behind of what it refused', async () => {
  expect((await cloud.admin.call('GET', '/v1/instances')).body.instances).toEqual([]);
  expect(
    await cloud.database.query('select * from compute.operation where kind = $1', ['instance.create']),
  ).toEqual([]);
  expect(await cloud.database.query('select * from compute.idempotency')).toEqual([]);
});

it('refuses a type larger than any host', async () => {
  const answer = await cloud.admin.call('GET', `/v1/hosts/${cloud.hostId}`);
  expect(answer.status).toBe(200);
  await cloud.database.query('update compute.host set memory_mib = 1024');
  // How large hosts are is remembered for a moment.
  const isRefused = async () => {
    const body = { name: 'giant', spec: { ...spec, type: 'performance-2' } };
    const said = await cloud.admin.call('POST', '/v1/instances', body);
    if (said.status !== 202) return said;
    await cloud.admin.call('DELETE', `/v1/instances/${idOf(said.body)}`);
    await cloud.admin.vanishes(`/v1/instances/${idOf(said.body)}`);
    return undefined;
  };
  expect(await eventually('the refusal', isRefused)).toMatchObject({
    status: 400,
    body: { reason: 'INSTANCE_TYPE_TOO_LARGE' },
  });
  await cloud.database.query('update compute.host set memory_mib = 262144');
});

it('refuses a host port that is taken, and gives it to the next once it is free', async () => {
  const ports = [{ container_port: 80, host_port: 23_456 }];
  const first = await cloud.admin.launch('holder', { ports });
  await cloud.admin.reaches(idOf(first), 'running');
  const refused = await cloud.admin.call('POST', '/v1/instances', {
    name: 'second',
    spec: { ...spec, ports },
  });
  expect(refused).toMatchObject({ status: 409, body: { reason: 'HOST_PORT_TAKEN' } });
  expect(refused.body.detail).toContain('23456');
  await cloud.admin.call('DELETE', `/v1/instances/${idOf(first)}`);
  await cloud.admin.vanishes(`/v1/instances/${idOf(first)}`);
  await cloud.admin.reaches(idOf(await cloud.admin.launch('second', { ports })), 'running');
});

it('says why nothing fits, by how many hosts, and places it once there is room', async () => {
  await cloud.admin.call('POST', `/v1/hosts/${cloud.hostId}:cordon`);
  const waiting = await cloud.admin.launch('unlucky');
  const failed = await cloud.admin.reaches(idOf(waiting), 'failed');
  expect(failed.status).toMatchObject({ reason: 'NO_CAPACITY', message: 'No host fits. 1 host: cordoned.' });
  const operation = (await cloud.admin.call('GET', `/v1/operations/${waiting.metadata?.operation_id}`)).body;
  expect(operation.error?.advice).toContain('uncordon');
  await cloud.admin.call('POST', `/v1/hosts/${cloud.hostId}:uncordon`);
  await cloud.admin.call('POST', `/v1/instances/${idOf(waiting)}:start`);
  await cloud.admin.reaches(idOf(waiting), 'running');
});

it('waits for the room of an instance that is being deleted', async () => {
  const leaving = idOf(await cloud.admin.launch('leaving'));
  await cloud.admin.reaches(leaving, 'running');
  const becomes = (state: string) =>
    cloud.database.query('update compute.instance set state = $2 where id = $1', [leaving, state]);
  await becomes('deleting');
  await cloud.database.query('update compute.host set memory_mib = allocated_memory_mib');
  const patient = idOf(await cloud.admin.launch('patient'));
  const waits = async () => {
    const [work] = await cloud.database.query<{ later: boolean }>(
      'select due_at > now() as later from compute.work where key = $1',
      [patient],
    );
    return work?.later;
  };
  await eventually('it naps until it is tried again', waits);
  expect((await cloud.admin.call('GET', `/v1/instances/${patient}`)).body.status).toMatchObject({
    state: 'provisioning',
  });
  await becomes('running');
  await cloud.admin.call('DELETE', `/v1/instances/${leaving}`);
  await cloud.admin.reaches(patient, 'running');
  await cloud.database.query('update compute.host set memory_mib = 262144');
});

it('refuses an update of what somebody else has changed meanwhile', async () => {
  const id = idOf(await cloud.admin.launch('contested'));
  const seen = await cloud.admin.reaches(id, 'running');
  const change = (labels: object) =>
    cloud.admin.call(
      'PATCH',
      `/v1/instances/${id}`,
      { labels },
      { 'if-match': `"${seen.metadata?.version}"` },
    );
  expect((await change({ mine: 'yes' })).status).toBe(202);
  expect(await change({ mine: 'no' })).toMatchObject({ status: 409, body: { reason: 'VERSION_MISMATCH' } });
  expect(await cloud.admin.call('PATCH', `/v1/instances/${id}`, {})).toMatchObject({
    status: 400,
    body: { reason: 'NOTHING_TO_UPDATE' },
  });
});

describe('a credential', () => {
  it.each([
    ['none', ''],
    ['an unknown key', `cloud_${'x'.repeat(43)}`],
    ['prose', 'open sesame'],
  ])('is needed: %s is refused', async (_what, key) => {
    const answer = await cloud.as(key).call('GET', '/v1/instances');
    expect(answer).toMatchObject({ status: 401, body: { reason: 'UNAUTHENTICATED' } });
  });

  it('stops working when it expires', async () => {
    const expires = new Date(Date.now() + 1_500).toISOString();
    const { body } = await cloud.admin.call('POST', '/v1/api-keys', { name: 'brief', expires_at: expires });
    const brief = cloud.as(body.secret ?? '');
    expect((await brief.call('GET', '/v1/instances')).status).toBe(200);
    await brief.until('GET', '/v1/instances', ({ status }) => status === 401, 10_000);
  });

  it('stops working within 5 seconds of being revoked', async () => {
    const { body } = await cloud.admin.call('POST', '/v1/api-keys', { name: 'revoked' });
    const revoked = cloud.as(body.secret ?? '');
    expect((await revoked.call('GET', '/v1/instances')).status).toBe(200);
    await cloud.admin.call('DELETE', `/v1/api-keys/${idOf(body)}`);
    await revoked.until('GET', '/v1/instances', ({ status }) => status === 401, 5_000);
  });

  it('of a viewer reads and does not write', async () => {
    const { body } = await cloud.admin.call('POST', '/v1/api-keys', { name: 'viewer', role: 'viewer' });
    const viewer = cloud.as(body.secret ?? '');
    expect((await viewer.call('GET', '/v1/instances')).status).toBe(200);
    expect(await viewer.call('POST', '/v1/instances', { name: 'a', spec })).toMatchObject({
      status: 403,
      body: { reason: 'PERMISSION_DENIED' },
    });
  });
});

describe('an upload', () => {
  const upload = (name: string, bytes: Uint8Array) =>
    cloud.admin.upload(`/v1/images:upload?name=${name}`, bytes);

  it.each([
    ['prose', Buffer.from('this is no tarball '.repeat(100))],
    ['a tarball cut short', Buffer.concat([Buffer.alloc(100, 97), Buffer.alloc(412)])],
  ])('of %s is refused', async (_what, bytes) => {
    expect(await upload('junk', bytes)).toMatchObject({
      status: 400,
      body: { reason: 'IMAGE_ARCHIVE_INVALID' },
    });
  });

  it('of nothing is refused', async () => {
    expect(await upload('junk', new Uint8Array())).toMatchObject({
      status: 400,
      body: { reason: 'MALFORMED_BODY' },
    });
  });

  it('larger than the limit is refused', async () => {
    expect(await upload('huge', Buffer.alloc(65 << 20))).toMatchObject({
      status: 400,
      body: { reason: 'IMAGE_TOO_LARGE' },
    });
  });

  it('without a name is refused', async () => {
    expect(await cloud.admin.upload('/v1/images:upload', Buffer.from('x'))).toMatchObject({
      status: 400,
      body: { reason: 'INVALID_FIELDS' },
    });
  });

  it('under a taken name is refused', async () => {
    await expect(cloud.importStarter()).rejects.toThrow('IMAGE_NAME_TAKEN');
  });

  it('leaves no image behind', async () => {
    expect((await cloud.admin.call('GET', '/v1/images')).body.images?.map((i) => i.metadata?.name)).toEqual([
      'starter',
    ]);
  });
});

it('refuses to delete an image that is used', async () => {
  const id = idOf(await cloud.admin.launch('user-of-image'));
  const [image] = (await cloud.admin.call('GET', '/v1/images')).body.images ?? [];
  expect(await cloud.admin.call('DELETE', `/v1/images/${idOf(image ?? {})}`)).toMatchObject({
    status: 400,
    body: { reason: 'IMAGE_IN_USE' },
  });
  await cloud.admin.call('DELETE', `/v1/instances/${id}`);
});
