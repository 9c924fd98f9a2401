import { createServer, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Client, credentials, Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import { commonV1, computeV1, googleRpc, identityV1 } from '@thecloud/api';
import { CloudError } from '@thecloud/kernel';
import { eventually } from '@thecloud/testkit';
import pino from 'pino';
import { Registry } from 'prom-client';
import { authenticateWith } from './authenticate';
import { fairUseWith } from './fair-use/fair-use';
import { httpConfig } from './config';
import { startHttpApi } from './http-api';
import type { HttpApi } from './http-api';

const key = 'cloud_0123456789abcdef';
const logged: string[] = [];
const seen = {
  metadata: undefined as Metadata | undefined,
  exchanges: 0,
  chunks: 0,
  bytes: 0,
  slow: false,
  cancelled: false,
};
let valid = new Set([key]);
let certificateIsGood = true;

const backend = new Server();
const client = () => clients[0]!;
const clients: Client[] = [];
let api: HttpApi;

type Unary<Q, R> = (call: ServerUnaryCall<Q, R>, callback: sendUnaryData<R>) => void;

/** As services put errors on the wire. */
function refuse(
  callback: (error: { code: status; details: string; metadata: Metadata }) => void,
  error: CloudError,
): void {
  const any = (name: string, value: Uint8Array) => ({
    typeUrl: `type.googleapis.com/google.rpc.${name}`,
    value: Buffer.from(value),
  });
  const info = googleRpc.ErrorInfo.fromPartial({
    reason: error.reason,
    domain: error.domain,
    metadata: error.metadata,
  });
  const fieldViolations = error.violations.map((v) => googleRpc.BadRequest_FieldViolation.fromPartial(v));
  const details = [
    any('ErrorInfo', googleRpc.ErrorInfo.encode(info).finish()),
    any('BadRequest', googleRpc.BadRequest.encode({ fieldViolations }).finish()),
  ];
  if (error.retryAfterSeconds) {
    const retryDelay = { seconds: BigInt(error.retryAfterSeconds), nanos: 0 };
    details.push(any('RetryInfo', googleRpc.RetryInfo.encode({ retryDelay }).finish()));
  }
  const metadata = new Metadata();
  const message = { code: status[error.code], message: error.message, details };
  metadata.set('grpc-status-details-bin', Buffer.from(googleRpc.Status.encode(message).finish()));
  callback({ code: status[error.code], details: error.message, metadata });
}

const exchange: Unary<identityV1.ExchangeCredentialRequest, identityV1.ExchangeCredentialResponse> = (
  call,
  callback,
) => {
  seen.exchanges++;
  const { credential, projectId } = call.request;
  if (!valid.has(credential))
    return refuse(callback, new CloudError('UNAUTHENTICATED', 'thecloud', 'UNAUTHENTICATED', 'No.'));
  callback(null, {
    token: `token-of-${credential}`,
    subject: 'key_1',
    projectId: projectId || 'prj_1',
    permissions: [],
  });
};

const instance = computeV1.Instance.fromPartial({
  metadata: commonV1.ResourceMetadata.fromPartial({
    id: 'ins_1',
    name: 'web',
    version: 3,
    createdAt: new Date(0),
  }),
  spec: computeV1.InstanceSpec.fromPartial({ type: 'nano-1', image: 'starter' }),
  status: computeV1.InstanceStatus.fromPartial({ state: 'running' }),
});

const getInstance: Unary<computeV1.GetInstanceRequest, computeV1.Instance> = (call, callback) => {
  seen.metadata = call.metadata;
  switch (call.request.id) {
    case 'ins_1':
      return callback(null, instance);
    case 'ins_crash':
      return callback(new Error('secret stack at postgres://user:pw@db'));
    case 'ins_busy':
      return refuse(
        callback,
        new CloudError(
          'RESOURCE_EXHAUSTED',
          'compute.thecloud',
          'NO_CAPACITY',
          'Full.',
          { hosts: '3' },
          { retryAfterSeconds: 7 },
        ),
      );
    case 'ins_slow':
      seen.slow = true;
      call.on('cancelled', () => (seen.cancelled = true));
      return;
    default:
      return refuse(
        callback,
        new CloudError('NOT_FOUND', 'compute.thecloud', 'INSTANCE_NOT_FOUND', `No ${call.request.id}.`, {
          id: call.request.id,
        }),
      );
  }
};

const createInstance: Unary<computeV1.CreateInstanceRequest, computeV1.Instance> = (call, callback) => {
  seen.metadata = call.metadata;
  const field = 'spec.type';
  if (!call.request.spec) {
    const violations = [{ field, description: 'is required' }];
    return refuse(
      callback,
      new CloudError('INVALID_ARGUMENT', 'thecloud', 'INVALID_FIELDS', 'Bad.', {}, { violations }),
    );
  }
  callback(null, {
    ...instance,
    metadata: { ...instance.metadata!, name: call.request.name, labels: call.request.labels },
  });
};

beforeAll(async () => {
  const { getKeySet } = identityV1.TokenServiceService;
  backend.addService(
    { exchangeCredential: identityV1.TokenServiceService.exchangeCredential, getKeySet },
    {
      exchangeCredential: exchange,
      getKeySet: (_: unknown, callback: sendUnaryData<unknown>) => callback(null, { jwksJson: '{}' }),
    },
  );
  const {
    getInstance: get,
    createInstance: create,
    listInstances,
    updateInstance,
  } = computeV1.InstanceServiceService;
  const { uploadImage } = computeV1.ImageServiceService;
  backend.addService(
    { get, create, listInstances, updateInstance, uploadImage },
    {
      get: getInstance,
      create: createInstance,
      listInstances: (_: unknown, callback: sendUnaryData<computeV1.ListInstancesResponse>) =>
        callback(null, { instances: [], nextPageToken: '' }),
      updateInstance: (
        call: ServerUnaryCall<computeV1.UpdateInstanceRequest, computeV1.Instance>,
        callback: sendUnaryData<computeV1.Instance>,
      ) =>
        callback(null, {
          ...instance,
          metadata: {
            ...instance.metadata!,
            version: call.request.version + 1,
            name: call.request.updateMask.join(),
          },
        }),
      uploadImage: (
        call: AsyncIterable<computeV1.UploadImageRequest>,
        callback: sendUnaryData<computeV1.Image>,
      ) => void receiveImage(call, callback),
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    backend.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  clients.push(new Client(`127.0.0.1:${port}`, credentials.createInsecure()));
  const config = httpConfig.parse({
    THECLOUD_GATEWAY_HTTP_ADDRESS: '127.0.0.1:0',
    THECLOUD_GATEWAY_MAX_UPLOAD_BYTES: 3_000_000,
    THECLOUD_GATEWAY_UPLOAD_IDLE_SECONDS: 2,
    THECLOUD_GATEWAY_CALL_SECONDS: 5,
    THECLOUD_GATEWAY_RATE_ADDRESS: 10_000,
    THECLOUD_GATEWAY_RATE_KEY: 10_000,
    THECLOUD_GATEWAY_RATE_PROJECT: 10_000,
    THECLOUD_GATEWAY_MAX_REQUESTS_AT_ONCE_OF_ADDRESS: 1_000,
  });
  const log = pino({}, { write: (line: string) => void logged.push(line) });
  api = await startHttpApi(config, {
    certificateIsGood: () => certificateIsGood,
    channelFor: client,
    authenticate: authenticateWith(config, client),
    fairUse: fairUseWith(config),
    log,
    registry: new Registry(),
  });
});

async function receiveImage(
  call: AsyncIterable<computeV1.UploadImageRequest>,
  callback: sendUnaryData<computeV1.Image>,
) {
  let size = 0;
  let name = '';
  seen.chunks = seen.bytes = 0;
  try {
    for await (const message of call) {
      if (seen.chunks++ === 0) name = message.name;
      if (name === 'refused')
        return refuse(
          callback,
          new CloudError('ALREADY_EXISTS', 'compute.thecloud', 'IMAGE_ALREADY_EXISTS', 'There.'),
        );
      expect(message.chunk.length).toBeLessThanOrEqual(512 * 1024);
      size += message.chunk.length;
      seen.bytes = size;
    }
  } catch {
    return; // cancelled: nobody waits for an answer
  }
  const status = computeV1.ImageStatus.fromPartial({ sizeBytes: BigInt(size) });
  callback(null, computeV1.Image.fromPartial({ metadata: { name }, status }));
}

afterAll(async () => {
  await api.close();
  for (const c of clients) c.close();
  backend.forceShutdown();
});

const json = { 'content-type': 'application/json' };
const auth = { 'x-api-key': key };

async function call(
  method: string,
  path: string,
  o: { headers?: Record<string, string>; body?: RequestInit['body'] } = {},
) {
  const answer = await fetch(api.url + path, {
    method,
    headers: { ...auth, ...o.headers },
    body: o.body ?? null,
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: (text ? JSON.parse(text) : undefined) as Record<string, unknown>,
  };
}

describe('an answer', () => {
  it('is canonical proto JSON in snake_case with zeros, lists and an ETag', async () => {
    const { status, headers, body } = await call('GET', '/v1/instances/ins_1');
    expect(status).toBe(200);
    expect(headers.get('etag')).toBe('"3"');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toMatchObject({
      metadata: { id: 'ins_1', project_id: '', labels: {}, created_at: '1970-01-01T00:00:00Z', version: 3 },
      spec: { restart_policy: '', command: [] },
      status: { state: 'running', exit_code: 0, ports: [] },
    });
    expect((await call('GET', '/v1/instances')).body).toEqual({ instances: [], next_page_token: '' });
  });

  it("has the method's own status", async () => {
    const body = JSON.stringify({ name: 'web', labels: { a: 'é' }, spec: { type: 'nano-1' } });
    const answer = await call('POST', '/v1/instances', { headers: json, body });
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ metadata: { name: 'web', labels: { a: 'é' } } });
  });

  it('to a PATCH follows its If-Match and the fields of its body', async () => {
    const body = JSON.stringify({ labels: {}, spec: { env: {} } });
    const { body: updated, headers } = await call('PATCH', '/v1/instances/ins_1', {
      headers: { ...json, 'if-match': '"3"' },
      body,
    });
    expect(updated).toMatchObject({ metadata: { name: 'labels,spec.env', version: 4 } });
    expect(headers.get('etag')).toBe('"4"');
  });
});

describe('what the backend is told', () => {
  it('is who calls, for whom, from where, and under which ids', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const headers = {
      'x-request-id': 'my-id.1',
      traceparent,
      'idempotency-key': 'k:1',
      'x-forwarded-for': '6.6.6.6',
    };
    const answer = await call('GET', '/v1/instances/ins_1', { headers });
    expect(answer.headers.get('x-request-id')).toBe('my-id.1');
    expect(seen.metadata!.getMap()).toMatchObject({
      authorization: `Bearer token-of-${key}`,
      'x-request-id': 'my-id.1',
      traceparent,
      'idempotency-key': 'k:1',
      'x-forwarded-for': '127.0.0.1',
    });
    expect(seen.metadata!.getMap()).not.toHaveProperty('x-api-key');
  });

  it('is an id of ours when the caller gives a harmful one', async () => {
    const answer = await call('GET', '/v1/instances/ins_1', { headers: { 'x-request-id': 'a b{}' } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is that the caller has gone', async () => {
    const aborter = new AbortController();
    const gone = fetch(`${api.url}/v1/instances/ins_slow`, { headers: auth, signal: aborter.signal }).catch(
      () => 'gone',
    );
    await eventually('the call', () => seen.slow);
    aborter.abort();
    expect(await gone).toBe('gone');
    await eventually('the cancel', () => seen.cancelled);
    await eventually('its line', () => logged.some((line) => line.includes('"status":499')));
  });
});

describe('a problem', () => {
  it.each<[string, string, number, string, RequestInit]>([
    ['GET', '/', 404, 'UNKNOWN_ROUTE', {}],
    ['GET', '/v1/nope', 404, 'UNKNOWN_ROUTE', {}],
    ['PUT', '/v1/instances', 405, 'METHOD_NOT_ALLOWED', {}],
    ['GET', '/v1/instances/%ff', 400, 'MALFORMED_URL', {}],
    ['GET', '/v1/instances?nmae=x', 400, 'INVALID_FIELDS', {}],
    ['GET', '/v1/instances/ins_2', 404, 'INSTANCE_NOT_FOUND', {}],
    ['DELETE', '/v1/instances/ins_2', 400, 'BODY_NOT_ALLOWED', { body: '{}', headers: json }],
    ['DELETE', '/v1/instances/ins_2', 501, 'UNIMPLEMENTED', {}],
    ['POST', '/v1/instances', 400, 'MALFORMED_JSON', { body: '{', headers: json }],
    ['POST', '/v1/instances', 400, 'INVALID_FIELDS', { body: '{"nmae":1}', headers: json }],
    ['POST', '/v1/instances', 400, 'INVALID_FIELDS', {}],
    [
      'POST',
      '/v1/instances',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      { body: 'name=a', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ],
    ['POST', '/v1/instances', 413, 'BODY_TOO_LARGE', { body: `"${'x'.repeat(2 ** 20)}"`, headers: json }],
    [
      'POST',
      '/v1/instances',
      400,
      'IDEMPOTENCY_KEY_INVALID',
      { headers: { 'idempotency-key': 'no spaces' } },
    ],
    ['GET', '/v1/instances', 400, 'INVALID_FIELDS', { headers: { 'x-project-id': '../x' } }],
    ['GET', '/v1/instances', 401, 'UNAUTHENTICATED', { headers: { 'x-api-key': 'cloud_wrong' } }],
    ['GET', '/v1/instances', 401, 'UNAUTHENTICATED', { headers: { 'x-api-key': 'other' } }],
    ['POST', '/v1/images:upload', 415, 'UNSUPPORTED_MEDIA_TYPE', { body: '{}', headers: json }],
  ])('%s %s is %i %s', async (method, path, status, reason, init) => {
    const answer = await call(
      method,
      path,
      init as { headers?: Record<string, string>; body?: RequestInit['body'] },
    );
    expect([answer.status, answer.body.reason]).toEqual([status, reason]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({
      type: `urn:thecloud:error:${reason}`,
      status,
      request_id: answer.headers.get('x-request-id'),
    });
    expect(answer.body.advice).toMatch(/\w.*\.$/);
  });

  it('says what is allowed, when to come back and how to authenticate', async () => {
    expect((await call('PUT', '/v1/instances')).headers.get('allow')).toBe('GET, POST');
    const busy = await call('GET', '/v1/instances/ins_busy');
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '7']);
    expect(busy.body).toMatchObject({
      domain: 'compute.thecloud',
      metadata: { hosts: '3' },
      code: 'RESOURCE_EXHAUSTED',
    });
    const anonymous = await fetch(`${api.url}/v1/instances`);
    expect([anonymous.status, anonymous.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="thecloud"',
    ]);
    await anonymous.body?.cancel();
  });

  it('passes on the violations of the service', async () => {
    const { body } = await call('POST', '/v1/instances', { headers: json, body: '{"name":"a"}' });
    expect(body.violations).toEqual([{ field: 'spec.type', description: 'is required' }]);
  });

  it('never shows internal text', async () => {
    const answer = await call('GET', '/v1/instances/ins_crash');
    expect([answer.status, answer.body.reason]).toEqual([500, 'INTERNAL']);
    expect(JSON.stringify(answer.body)).not.toMatch(/secret|postgres/);
  });
});

describe('authentication', () => {
  it('accepts a bearer, asks once for many at a time, and needs none for public methods', async () => {
    valid.add('cloudsess_many');
    seen.exchanges = 0;
    const headers = { 'x-api-key': '', authorization: 'Bearer cloudsess_many' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call('GET', '/v1/instances/ins_1', { headers })),
    );
    expect(answers.map((a) => a.status)).toEqual(Array(20).fill(200));
    expect(seen.exchanges).toBe(1);
    const open = await fetch(`${api.url}/v1/sessions`, { method: 'POST', headers: json, body: '{}' });
    expect(open.status).toBe(501); // reached the backend, which has no such method here
    await open.body?.cancel();
  });

  it('forgets a revoked key', async () => {
    valid.add('cloud_revoked');
    const headers = { 'x-api-key': 'cloud_revoked' };
    expect((await call('GET', '/v1/instances', { headers })).status).toBe(200);
    valid = new Set([key]);
    await eventually(
      'the refusal',
      async () => (await call('GET', '/v1/instances', { headers })).status === 401,
    );
  });
});

describe('an upload', () => {
  const tar = { 'content-type': 'application/x-tar' };

  it('streams its body in chunks after the parameters', async () => {
    const answer = await call('POST', '/v1/images:upload?name=web&labels[a]=b', {
      headers: tar,
      body: Buffer.alloc(2_000_000, 1),
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ metadata: { name: 'web' }, status: { size_bytes: '2000000' } });
    expect(seen.chunks).toBeGreaterThan(4);
  });

  it('ends early with the refusal of the service', async () => {
    const answer = await call('POST', '/v1/images:upload?name=refused', {
      headers: tar,
      body: Buffer.alloc(2_500_000),
    });
    expect([answer.status, answer.body.reason]).toEqual([409, 'IMAGE_ALREADY_EXISTS']);
  });

  it('is bounded, declared or not, and may not be empty', async () => {
    const declared = await call('POST', '/v1/images:upload', { headers: tar, body: Buffer.alloc(3_000_001) });
    expect([declared.status, declared.body.reason]).toEqual([413, 'BODY_TOO_LARGE']);
    const empty = await call('POST', '/v1/images:upload', { headers: tar });
    expect([empty.status, empty.body.reason]).toEqual([400, 'MALFORMED_BODY']);
    const undeclared = await slowUpload((req) => req.end(Buffer.alloc(3_500_000)));
    expect(undeclared).toMatchObject({ status: 413, body: { reason: 'BODY_TOO_LARGE' } });
  });

  it('may not stall', async () => {
    const answer = await slowUpload((req) => req.write('begin'));
    expect(answer).toMatchObject({ status: 408, body: { reason: 'BODY_TOO_SLOW' } });
  });
});

it.each([
  ['/v1/images:upload', 'application/x-tar'],
  ['/v1/instances', 'application/json'],
])('outlives a caller that breaks off in the middle of its body to %s', async (path, type) => {
  logged.length = 0;
  const headers = { ...auth, 'content-type': type, 'content-length': '1000000' };
  const req = request(api.url + path, { method: 'POST', headers, agent: false });
  req.on('error', () => undefined); // we break it ourselves
  req.write(Buffer.alloc(100_000));
  if (path.endsWith('upload')) await eventually('the first bytes', () => seen.bytes >= 100_000);
  else await new Promise((resolve) => req.once('socket', (socket) => socket.once('connect', resolve)));
  req.destroy();
  await eventually('its line', () => logged.some((line) => line.includes('"status":499')));
  expect((await call('GET', '/health/live')).status).toBe(200);
});

/** An upload with no declared length. */
function slowUpload(
  send: (req: ReturnType<typeof request>) => void,
): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const headers = { ...auth, 'content-type': 'application/x-tar', 'transfer-encoding': 'chunked' };
    const req = request(
      `${api.url}/v1/images:upload`,
      { method: 'POST', headers, agent: false },
      (res: IncomingMessage) => {
        const parts: Buffer[] = [];
        res.on('data', (part: Buffer) => parts.push(part));
        res.on('end', () => {
          req.destroy();
          resolve({ status: res.statusCode!, body: JSON.parse(Buffer.concat(parts).toString()) });
        });
      },
    );
    req.on('error', reject);
    send(req);
  });
}

describe('beside the API', () => {
  it('is alive and ready, names what is missing', async () => {
    expect(await call('GET', '/health/live')).toMatchObject({ status: 200, body: { status: 'live' } });
    expect(await call('GET', '/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'ready', missing: [], certificates: { gateway: 'good' } },
    });
  });

  it('says that its certificate ends soon, and is ready all the same', async () => {
    certificateIsGood = false;
    const answer = await eventually('what it says', async () => {
      const { status, body } = await call('GET', '/health/ready');
      const { gateway } = body.certificates as Record<string, string>;
      return gateway === 'good' ? undefined : { status, body };
    });
    certificateIsGood = true;
    expect(answer).toMatchObject({
      status: 200,
      body: { status: 'ready', certificates: { gateway: 'ends soon' } },
    });
  });

  it('serves the document and a page that draws it without anything from elsewhere', async () => {
    expect((await call('GET', '/openapi.json')).body.openapi).toBe('3.1.1');
    for (const [path, type] of [
      ['/docs', 'text/html'],
      ['/docs/app.js', 'text/javascript'],
      ['/docs/style.css', 'text/css'],
    ] as const) {
      const answer = await fetch(api.url + path);
      expect(answer.headers.get('content-type')).toContain(type);
      expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
      const text = await answer.text();
      expect(text).not.toMatch(/https?:\/\/|<script>|style="|on(click|load)=/);
    }
  });

  it('redirects a browser to the reference, and tells a program that there is no such route', async () => {
    const open = (accept: string) => fetch(`${api.url}/`, { headers: { accept }, redirect: 'manual' });
    const browser = await open('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8');
    expect([browser.status, browser.headers.get('location')]).toEqual([302, '/docs']);
    for (const accept of ['*/*', 'application/json', 'application/json, text/html;q=0.5']) {
      const program = await open(accept);
      expect([program.status, ((await program.json()) as { reason: string }).reason]).toEqual([
        404,
        'UNKNOWN_ROUTE',
      ]);
      expect(program.headers.get('vary')).toContain('Accept');
    }
  });

  it('logs one line a request, without credentials or query', async () => {
    logged.length = 0;
    await call('GET', '/v1/instances?name=hush', { headers: { 'x-request-id': 'logged-1' } });
    await eventually('its line', () => logged.some((line) => line.includes('logged-1')));
    const line = JSON.parse(logged.find((l) => l.includes('logged-1'))!) as Record<string, unknown>;
    expect(line).toMatchObject({
      method: 'GET',
      route: '/v1/instances',
      status: 200,
      project: 'prj_1',
      subject: 'key_1',
    });
    expect(logged.join()).not.toMatch(/hush|cloud_/);
  });
});

it('closes when what is under way is done, and then accepts no more', async () => {
  const registry = new Registry();
  const config = httpConfig.parse({ THECLOUD_GATEWAY_HTTP_ADDRESS: '127.0.0.1:0' });
  const second = await startHttpApi(config, {
    channelFor: client,
    authenticate: authenticateWith(config, client),
    fairUse: fairUseWith(config),
    log: pino({ level: 'silent' }),
    registry,
  });
  await fetch(`${second.url}/health/live`).then((a) => a.text());
  expect(await registry.metrics()).toContain(
    'http_requests_total{method="GET",route="/health/live",status="200"} 1',
  );
  await second.close();
  await expect(fetch(`${second.url}/health/live`)).rejects.toThrow();
});

it('says that its address is taken', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await eventually('the port', () => holder.listening);
  const { port } = holder.address() as AddressInfo;
  const config = httpConfig.parse({ THECLOUD_GATEWAY_HTTP_ADDRESS: `127.0.0.1:${port}` });
  const deps = {
    channelFor: client,
    authenticate: authenticateWith(config, client),
    fairUse: fairUseWith(config),
    log: pino({ level: 'silent' }),
    registry: new Registry(),
  };
  await expect(startHttpApi(config, deps)).rejects.toThrow('EADDRINUSE');
  holder.close();
});

it('answers nonsense that is no HTTP with 400', async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(api.port, '127.0.0.1', () => socket.write('nonsense\r\n\r\n'));
    socket.on('data', (data) => resolve(data.toString()));
    socket.on('error', reject);
  });
  expect(answer).toContain('400');
});
