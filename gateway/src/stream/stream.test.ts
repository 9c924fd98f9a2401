import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { Client, credentials, Metadata, Server, ServerCredentials } from '@grpc/grpc-js';
import type { sendUnaryData, ServerDuplexStream, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { commonV1, computeV1, identityV1, methods } from '@thecloud/api';
import type { MethodEntry } from '@thecloud/api';
import { CloudError, commonErrors } from '@thecloud/kernel';
import { toServiceError } from '@thecloud/service-kit';
import { eventually } from '@thecloud/testkit';
import pino from 'pino';
import { Registry } from 'prom-client';
import { WebSocket } from 'ws';
import { authenticateWith } from '../authenticate';
import { fairUseWith } from '../fair-use/fair-use';
import { httpConfig } from '../config';
import { startHttpApi } from '../http-api';
import type { HttpApi } from '../http-api';

jest.setTimeout(60_000);
const key = 'cloud_0123456789abcdef';
const passing = 'cloud_revoked_meanwhile';
const valid = new Set([key, passing]);
const auth = { 'x-api-key': key };
const logged: Array<Record<string, unknown>> = [];
const registry = new Registry();
const cancelled: string[] = [];
const big = 'x'.repeat(64 * 1024);
const bigCount = 1_000;
let bigSent = 0;

const instance = (id: string, state = 'running') =>
  computeV1.Instance.fromPartial({
    metadata: commonV1.ResourceMetadata.fromPartial({ id }),
    status: { state },
  });
const full = new CloudError('RESOURCE_EXHAUSTED', 'compute.thecloud', 'NO_CAPACITY', 'Full.', { hosts: '3' });

/** A service that behaves as the id says. */
async function watch(call: ServerWritableStream<{ id: string }, computeV1.Instance>): Promise<void> {
  const { id } = call.request;
  call.on('cancelled', () => cancelled.push(id));
  call.on('error', () => {});
  const accept = () => call.sendMetadata(new Metadata());
  switch (id) {
    case 'ins_twice':
      call.write(instance(id, 'starting'));
      call.write(instance(id));
      return void call.end();
    case 'ins_breaks':
      call.write(instance(id));
      return void call.emit('error', toServiceError(full));
    case 'ins_breaks_at_once':
      accept();
      return void call.emit('error', toServiceError(full));
    case 'ins_quiet':
      return accept();
    case 'ins_mute':
      return;
    case 'ins_big':
      for (bigSent = 0; bigSent < bigCount && !call.cancelled; bigSent++) {
        if (!call.write(instance(id, big))) await new Promise((resolve) => call.once('drain', resolve));
      }
      return void call.end();
    default:
      return void call.emit('error', toServiceError(commonErrors.PROJECT_REQUIRED({})));
  }
}

/** Answers each beat with the length of what it says; ends when the requests do. */
function echo(call: ServerDuplexStream<computeV1.ReportHostRequest, computeV1.ReportHostResponse>): void {
  call.sendMetadata(new Metadata());
  call.on('error', () => {});
  call.on('cancelled', () => cancelled.push('echo'));
  call.on('data', ({ report }: computeV1.ReportHostRequest) => {
    const beatIntervalMs = report?.$case === 'beat' ? report.value.driverProblem.length : 0;
    call.write({ beatIntervalMs, fenceAfterMs: 0, notHere: [], placed: undefined });
  });
  call.on('end', () => call.end());
}

const ofRpc = (rpc: string) => methods.find((m) => m.rpc === rpc)!;
const routed = (method: MethodEntry, path: string, more: Partial<MethodEntry> = {}): MethodEntry => ({
  ...method,
  auth: { permission: 'instance:read', scope: 'project', public: false, peers: [], delegated: false },
  http: { verb: 'GET', path, body: '' },
  ...more,
});
/** Besides the real ones: a stream of bytes, and one that both sides speak on. */
const served = [
  ofRpc('WatchInstance'),
  ofRpc('GetInstance'),
  routed(ofRpc('ReportHost'), '/v1/echo'),
  routed(ofRpc('WatchInstance'), '/v1/instances/{id}/bytes', {
    path: '/test.Test/Bytes',
    output: 'thecloud.compute.v1.UploadImageRequest',
    plainBody: 'chunk',
  }),
];
const { uploadImage } = computeV1.ImageServiceService;
const { watchInstance } = computeV1.InstanceServiceService;
const bytes = {
  ...watchInstance,
  path: '/test.Test/Bytes',
  responseSerialize: uploadImage.requestSerialize,
  responseDeserialize: uploadImage.requestDeserialize,
};

/** Projects that credentials were exchanged for. */
const projects: string[] = [];
const backend = new Server();
let client: Client;
let api: HttpApi;

beforeAll(async () => {
  const exchange = (
    call: ServerUnaryCall<identityV1.ExchangeCredentialRequest, identityV1.ExchangeCredentialResponse>,
    callback: sendUnaryData<identityV1.ExchangeCredentialResponse>,
  ) => {
    projects.push(call.request.projectId);
    if (!valid.has(call.request.credential))
      return callback(toServiceError(commonErrors.UNAUTHENTICATED({})));
    callback(null, { token: 't', subject: 'key_1', projectId: 'prj_1', permissions: [] });
  };
  backend.addService(
    {
      exchangeCredential: identityV1.TokenServiceService.exchangeCredential,
      watchInstance,
      bytes,
      reportHost: computeV1.HostAgentServiceService.reportHost,
    },
    {
      exchangeCredential: exchange,
      watchInstance: (call: Parameters<typeof watch>[0]) => void watch(call),
      bytes: (call: ServerWritableStream<{ id: string }, computeV1.UploadImageRequest>) => {
        const say = (text: string) =>
          call.write(computeV1.UploadImageRequest.fromPartial({ chunk: Buffer.from(text) }));
        say('one\n');
        say('two');
        if (call.request.id === 'ins_breaks') call.emit('error', toServiceError(full));
        else call.end();
      },
      reportHost: echo,
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    backend.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (e, p) =>
      e ? reject(e) : resolve(p),
    );
  });
  client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  api = await startApi();
});
afterAll(async () => {
  await api.close();
  client.close();
  backend.forceShutdown();
});

function startApi(settings: Record<string, unknown> = {}, metrics = registry): Promise<HttpApi> {
  const config = httpConfig.parse({
    THECLOUD_GATEWAY_HTTP_ADDRESS: '127.0.0.1:0',
    THECLOUD_GATEWAY_MAX_BODY_BYTES: 10_000,
    THECLOUD_GATEWAY_CREDENTIAL_SECONDS: 0,
    THECLOUD_GATEWAY_RATE_ADDRESS: 10_000,
    THECLOUD_GATEWAY_RATE_KEY: 10_000,
    THECLOUD_GATEWAY_RATE_PROJECT: 10_000,
    THECLOUD_GATEWAY_MAX_REQUESTS_AT_ONCE_OF_ADDRESS: 1_000,
    ...settings,
  });
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) });
  return startHttpApi(config, {
    channelFor: () => client,
    authenticate: authenticateWith(config, () => client),
    fairUse: fairUseWith(config),
    log,
    registry: metrics,
    methods: served,
  });
}

interface Told {
  readonly socket: WebSocket;
  readonly frames: Array<{ result?: Record<string, unknown>; error?: Record<string, unknown> }>;
  /** Code and reason of the close. */
  readonly closed: Promise<[number, string]>;
  readonly open: Promise<unknown>;
}

function socketTo(path: string, headers: object = auth, protocols: string[] = [], at = api, more = {}): Told {
  const url = `${at.url.replace('http', 'ws')}${path}`;
  const socket = new WebSocket(url, protocols, { headers: { ...headers }, ...more });
  const frames: Told['frames'] = [];
  socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString())));
  const closed = new Promise<[number, string]>((resolve) =>
    socket.once('close', (code: number, reason: Buffer) => resolve([code, reason.toString()])),
  );
  const open = new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  open.catch(() => {});
  return { socket, frames, closed, open };
}

/** Status and body of the plain answer to a WebSocket handshake. */
function refusal(path: string, headers: object = auth, protocols: string[] = []) {
  const { socket } = socketTo(path, headers, protocols);
  return new Promise<{ status?: number; body: Record<string, unknown> }>((resolve, reject) => {
    socket.once('open', () => reject(new Error('it was let in')));
    socket.once('unexpected-response', (_req, res) => {
      let text = '';
      res.on('data', (part: Buffer) => (text += part.toString()));
      res.on('end', () =>
        resolve({ status: res.statusCode!, body: JSON.parse(text) as Record<string, unknown> }),
      );
    });
  });
}

const get = (path: string, headers: object = auth) => fetch(api.url + path, { headers: { ...headers } });
const lines = (text: string) =>
  text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>); // prettier-ignore

describe('without an upgrade', () => {
  it('messages are lines of JSON, as they come', async () => {
    const answer = await get('/v1/instances/ins_twice:watch');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    expect(answer.headers.get('x-request-id')).toBeTruthy();
    expect(lines(await answer.text())).toEqual([
      { result: expect.objectContaining({ status: expect.objectContaining({ state: 'starting' }) }) },
      { result: expect.objectContaining({ status: expect.objectContaining({ state: 'running' }) }) },
    ]);
  });

  it.each([
    ['ins_breaks', 2],
    ['ins_breaks_at_once', 1],
  ])('a failure of %s is the last line', async (id, count) => {
    const told = lines(await (await get(`/v1/instances/${id}:watch`)).text());
    expect(told).toHaveLength(count);
    expect(told.at(-1)).toMatchObject({
      error: { status: 429, reason: 'NO_CAPACITY', metadata: { hosts: '3' } },
    });
  });

  it('a reader who goes cancels the call', async () => {
    const aborter = new AbortController();
    const answer = await fetch(`${api.url}/v1/instances/ins_quiet:watch`, {
      headers: auth,
      signal: aborter.signal,
    });
    expect(answer.status).toBe(200); // let in, though nothing has been said
    cancelled.length = 0;
    aborter.abort();
    await eventually('the cancel', () => cancelled.includes('ins_quiet'));
  });

  it('plain bytes are sent as they are, unless JSON is asked for', async () => {
    const plain = await get('/v1/instances/ins_1/bytes');
    expect([plain.headers.get('content-type'), await plain.text()]).toEqual([
      'text/plain; charset=utf-8',
      'one\ntwo',
    ]);
    const octets = await get('/v1/instances/ins_1/bytes', { ...auth, accept: 'application/octet-stream' });
    expect(octets.headers.get('content-type')).toBe('application/octet-stream');
    await octets.text();
    const json = await get('/v1/instances/ins_1/bytes', { ...auth, accept: 'application/x-ndjson' });
    expect(lines(await json.text())[0]).toMatchObject({ result: { chunk: btoa('one\n') } });
  });

  it('a failure cuts plain bytes short, so that nobody takes them for all', async () => {
    const answer = await get('/v1/instances/ins_breaks/bytes');
    await expect(answer.text()).rejects.toThrow();
  });

  it.each<[string, string, RequestInit, number, string]>([
    ['what the service refuses', '/v1/instances/ins_none:watch', {}, 400, 'PROJECT_REQUIRED'],
    ['no key', '/v1/instances/ins_twice:watch', { headers: {} }, 401, 'UNAUTHENTICATED'],
    ['unknown parameters', '/v1/instances/ins_twice:watch?nope=1', {}, 400, 'INVALID_FIELDS'],
    ['HEAD', '/v1/instances/ins_twice:watch', { method: 'HEAD' }, 405, ''],
    ['what needs both sides to speak', '/v1/echo', {}, 426, 'WEBSOCKET_REQUIRED'],
  ])('%s is refused by a plain problem', async (_what, path, init, status, reason) => {
    const answer = await fetch(api.url + path, { headers: auth, ...init });
    expect(answer.status).toBe(status);
    if (reason) expect(await answer.json()).toMatchObject({ status, reason });
  });

  it('a service that says nothing at all is given up', async () => {
    const hasty = await startApi({ THECLOUD_GATEWAY_CALL_SECONDS: 0.2 }, new Registry());
    const answer = await fetch(`${hasty.url}/v1/instances/ins_mute:watch`, { headers: auth });
    expect(answer.status).toBe(504);
    await answer.text();
    await hasty.close();
  });
});

describe('as a WebSocket', () => {
  it('each message is a frame, and 1000 is the end', async () => {
    const { frames, closed } = socketTo('/v1/instances/ins_twice:watch');
    expect(await closed).toEqual([1000, '']);
    expect(frames.map((f) => (f.result?.status as { state: string }).state)).toEqual(['starting', 'running']);
    await eventually('its line', () =>
      logged.some((l) => l.route === '/v1/instances/{id}:watch' && l.status === 101),
    );
  });

  it.each(['ins_breaks', 'ins_breaks_at_once'])('a failure of %s is a frame and a close code', async (id) => {
    const { frames, closed } = socketTo(`/v1/instances/${id}:watch`);
    expect(await closed).toEqual([4429, 'NO_CAPACITY']);
    expect(frames.at(-1)).toMatchObject({ error: { reason: 'NO_CAPACITY', request_id: expect.any(String) } });
  });

  it('browsers bring key and project as subprotocols, and get them back never', async () => {
    const { socket, open, closed } = socketTo('/v1/instances/ins_quiet:watch', {}, [
      'thecloud.v1',
      `thecloud.bearer.${key}`,
      'thecloud.project.prj_7',
    ]);
    await open;
    expect(projects).toContain('prj_7');
    expect(socket.protocol).toBe('thecloud.v1');
    socket.close(1000);
    await closed;
  });

  it('is refused by a plain problem before it begins', async () => {
    const path = '/v1/instances/ins_twice:watch';
    expect(await refusal('/v1/instances/ins_none:watch')).toMatchObject({
      body: { reason: 'PROJECT_REQUIRED' },
    });
    expect(await refusal(path, {})).toMatchObject({ status: 401, body: { reason: 'UNAUTHENTICATED' } });
    expect(await refusal(path, {}, [`thecloud.bearer.${key}`])).toMatchObject({
      status: 400,
      body: { reason: 'SUBPROTOCOL_REQUIRED' },
    });
    expect(await refusal('/v1/nothing')).toMatchObject({ status: 404, body: { reason: 'UNKNOWN_ROUTE' } });
  });

  it('frees the call when its reader goes, with or without a word', async () => {
    for (const leave of [(s: WebSocket) => s.close(), (s: WebSocket) => s.terminate()]) {
      const { socket, open } = socketTo('/v1/instances/ins_quiet:watch');
      await open;
      cancelled.length = 0;
      leave(socket);
      await eventually('the cancel', () => cancelled.includes('ins_quiet'));
    }
  });

  it('cuts off a reader who answers no ping', async () => {
    const brisk = await startApi({ THECLOUD_GATEWAY_STREAM_PING_SECONDS: 0.05 }, new Registry());
    const { closed } = socketTo('/v1/instances/ins_quiet:watch', auth, [], brisk, { autoPong: false });
    expect((await closed)[0]).toBe(1006);
    await brisk.close();
  });

  it('ends when the credential no longer counts', async () => {
    const wary = await startApi({ THECLOUD_GATEWAY_STREAM_CHECK_SECONDS: 0.05 }, new Registry());
    const { open, closed } = socketTo('/v1/instances/ins_quiet:watch', { 'x-api-key': passing }, [], wary);
    await open;
    valid.delete(passing);
    expect(await closed).toEqual([4401, 'UNAUTHENTICATED']);
    await wary.close();
  });

  it('asks to connect again when the gateway stops', async () => {
    const leaving = await startApi({}, new Registry());
    const { open, closed } = socketTo('/v1/instances/ins_quiet:watch', auth, [], leaving);
    const answer = await fetch(`${leaving.url}/v1/instances/ins_quiet:watch`, { headers: auth });
    await open;
    const stopped = leaving.close();
    expect(await closed).toEqual([1012, 'service restart']);
    expect(lines(await answer.text())).toMatchObject([
      { error: { reason: 'GATEWAY_STOPPING', status: 503 } },
    ]);
    await stopped;
  });

  it('reads no more from the service than its reader takes', async () => {
    const { socket, frames, open, closed } = socketTo('/v1/instances/ins_big:watch');
    await open;
    socket.pause();
    await quiet(() => bigSent);
    expect(bigSent).toBeLessThan(bigCount); // what fits into buffers on the way, and no more
    socket.resume();
    expect(await closed).toEqual([1000, '']);
    expect(frames).toHaveLength(bigCount);
  });
});

describe('a stream that both sides speak on', () => {
  const beat = (problem: string) => JSON.stringify({ beat: { driver_problem: problem } });

  it('takes each frame as a request, and an empty one as their end', async () => {
    const { socket, frames, open, closed } = socketTo('/v1/echo');
    await open;
    for (const problem of ['a', 'abc']) socket.send(beat(problem));
    await eventually('three frames', () => frames.length === 3);
    socket.send('');
    expect(await closed).toEqual([1000, '']);
    // The first request is what path and query say.
    expect(frames.map((f) => f.result?.beat_interval_ms)).toEqual([0, 1, 3]);
  });

  it.each<[string, string | Buffer, number, string]>([
    ['that is no JSON', '{', 4400, 'MALFORMED_JSON'],
    ['that is no request', '{"beat": {"nope": 1}}', 4400, 'INVALID_FIELDS'],
    ['that is binary', Buffer.from('{}'), 4400, 'FRAME_NOT_TEXT'],
    ['that is too large', beat('x'.repeat(20_000)), 1009, ''],
  ])('ends at a frame %s', async (_what, frame, code, reason) => {
    const { socket, frames, open, closed } = socketTo('/v1/echo');
    await open;
    cancelled.length = 0;
    socket.send(frame);
    expect(await closed).toEqual([code, reason]);
    if (reason) expect(frames.at(-1)).toMatchObject({ error: { reason } });
    await eventually('the cancel', () => cancelled.includes('echo'));
  });
});

it('is what the OpenAPI document says', async () => {
  const { paths } = (await (await get('/openapi.json')).json()) as {
    paths: Record<string, { get: { description: string; responses: Record<string, { content: object }> } }>;
  };
  const watching = paths['/v1/instances/{id}:watch']!.get;
  expect(Object.keys(watching.responses)).toEqual(['101', '200', '4XX', '5XX']);
  expect(Object.keys(watching.responses['200']!.content)).toEqual(['application/x-ndjson']);
  expect(watching.description).toMatch(/WebSocket/);
  expect(Object.keys(paths['/v1/echo']!.get.responses)).toEqual(['101', '426', '4XX', '5XX']);
  expect(Object.keys(paths['/v1/instances/{id}/bytes']!.get.responses['200']!.content)).toContain(
    'text/plain',
  );
});

it('answers a handshake it does not know as if nobody had asked for one', async () => {
  const text = await raw('GET /v1/instances/ins_twice:watch HTTP/1.1\r\nHost: x\r\nX-Api-Key: ' + key +
    '\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'); // prettier-ignore
  expect(text).toMatch(/^HTTP\/1.1 200 /);
});

it('leaves nothing behind', async () => {
  await eventually(
    'no open stream',
    async () => !/thecloud_gateway_open_streams\{.*\} [1-9]/.test(await registry.metrics()),
  );
});

/** All that is answered to these bytes until a whole body has come. */
function raw(request: string): Promise<string> {
  return new Promise((resolve) => {
    const socket: Socket = connect({ port: api.port, host: '127.0.0.1' }, () => void socket.write(request));
    let text = '';
    socket.on('data', (part: Buffer) => {
      text += part.toString();
      if (text.endsWith('0\r\n\r\n')) socket.end();
    });
    socket.on('close', () => resolve(text));
  });
}

/** Waits until a count has grown, and then stood still for half a second. */
async function quiet(count: () => number): Promise<void> {
  let [last, since] = [0, Date.now()];
  await eventually('a standstill', () => {
    if (count() !== last) [last, since] = [count(), Date.now()];
    return last > 0 && Date.now() - since > 500;
  });
}
