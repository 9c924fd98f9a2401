import { createServer, type Socket } from 'node:net';
import { problem, recordedGateway, type Reply } from '../test/recorded-gateway';
import { Cloud } from './cloud';
import { CloudApiError, CloudConnectionError } from './errors';

const made = { status: 201, body: { metadata: { id: 'prj_1' } } };
const busy: Reply = { status: 503, body: problem(503, 'UNAVAILABLE', 'NO_BACKEND', 'compute is away') };
const limited = (retryAfter: string): Reply => ({
  status: 429,
  body: problem(429, 'RESOURCE_EXHAUSTED', 'RATE_LIMITED', 'Too many attempts.'),
  headers: { 'retry-after': retryAfter },
});
const quick = { baseDelayMs: 1, maxDelayMs: 2 };

/** Runs `work` against a gateway that gives these answers in turn. */
async function against<T>(answers: Reply[], work: (cloud: Cloud) => Promise<T>) {
  const gateway = await recordedGateway({
    'POST /v1/instances': answers,
    'POST /v1/instances/ins_1:stop': answers,
    'POST /v1/instances/ins_1:exec': answers,
    'GET /v1/instances': answers,
    'POST /v1/images:upload': answers,
    'POST /v1/sessions': answers,
    'GET /v1/projects': answers,
  });
  const cloud = new Cloud({ url: gateway.url, apiKey: 'cloud_secret', project: 'prj_9', retry: quick });
  try {
    const result = await work(cloud).catch((error: unknown) => error);
    return { result, seen: gateway.seen, url: gateway.url };
  } finally {
    await gateway.close();
  }
}

const create = (cloud: Cloud) =>
  cloud.instances.create({ name: 'shop', spec: { type: 'nano-1', image: 'hello' } });

describe('a call', () => {
  it.each([
    ['a lost connection', { hangUp: true }],
    ['503', busy],
    ['429 with a short pause', limited('0')],
  ])('is repeated after %s under the same idempotency key', async (_, first) => {
    const { result, seen } = await against([first, made], create);
    expect(result).toEqual(made.body);
    const keys = seen.map((request) => request.headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(keys).size).toBe(1);
    expect(seen[1]).toMatchObject({ body: { name: 'shop', spec: { type: 'nano-1' } } });
    expect(seen[1]?.headers).toMatchObject({ authorization: 'Bearer cloud_secret', 'x-project-id': 'prj_9' });
  });

  it('has a key of its own or the one it was given; a read has none', async () => {
    const { seen } = await against([made], async (cloud) => {
      await create(cloud);
      await create(cloud);
      await cloud.instances.stop('ins_1', { grace_seconds: 3 }, { idempotencyKey: 'mine' });
      await cloud.instances.list().page();
    });
    const [a, b, given, read] = seen.map((request) => request.headers['idempotency-key']);
    expect(a).not.toBe(b);
    expect([given, read]).toEqual(['mine', undefined]);
    expect(seen[2]?.body).toEqual({ grace_seconds: 3 });
  });

  it('gives up after three repetitions, or after none if it is told so', async () => {
    const { result, seen } = await against([busy], create);
    expect(seen).toHaveLength(4);
    expect(result).toMatchObject({ status: 503, message: 'compute is away' });
    const once = await against([busy], (cloud) => create(cloud.with({ retry: { maxRetries: 0 } })));
    expect(once.seen).toHaveLength(1);
  });

  it('does not sit out a long pause but says how long it is', async () => {
    const { result, seen } = await against([limited('300')], create);
    expect(seen).toHaveLength(1);
    expect(result).toMatchObject({ status: 429, retryAfterSeconds: 300 });
  });

  it.each([400, 401, 403, 404, 409, 412, 500])('tells all of a refusal with %i, at once', async (status) => {
    const violations = [{ field: 'name', description: 'is required' }];
    const more = { violations, advice: 'Name it.', metadata: { a: 'b' } };
    const body = problem(status, 'INVALID_ARGUMENT', 'SOME_REASON', 'That is wrong.', more);
    const { result, seen } = await against([{ status, body }], create);
    expect(seen).toHaveLength(1);
    expect(result).toBeInstanceOf(CloudApiError);
    expect(result).toMatchObject({
      status,
      code: 'INVALID_ARGUMENT',
      reason: 'SOME_REASON',
      domain: 'test.thecloud',
      message: 'That is wrong.',
      requestId: 'req_1',
      ...more,
    });
  });

  it('makes an error of whatever answers instead of the cloud', async () => {
    const foreign = await against([{ status: 418 }], create);
    expect(foreign.result).toMatchObject({ status: 418, code: '', violations: [] });
    const moved = await against([{ status: 302, headers: { location: 'http://elsewhere/' } }], create);
    expect(moved.result).toMatchObject({ status: 302 });
  });

  it('asks in the query what is no body, and uploads in the body what is a file', async () => {
    const { seen } = await against([made], async (cloud) => {
      await cloud.instances.list({ state: 'running', label: ['a=1', 'b=2'], name: undefined }).page();
      const tar = new Blob(['tar']);
      await cloud.images.upload(tar, { name: 'tiny', labels: { tier: 'a b' }, command: ['/bin/x', '-v'] });
    });
    expect([...seen[0]!.query]).toEqual([
      ['state', 'running'],
      ['label', 'a=1'],
      ['label', 'b=2'],
    ]);
    expect([...seen[1]!.query]).toEqual([
      ['name', 'tiny'],
      ['labels[tier]', 'a b'],
      ['command', '/bin/x'],
      ['command', '-v'],
    ]);
    expect(seen[1]).toMatchObject({ text: 'tar', headers: { 'content-type': 'application/x-tar' } });
  });

  it('sends a stream as an upload, which is not repeated', async () => {
    const { seen } = await against([busy, made], (cloud) =>
      cloud.images.upload(new Blob(['streamed']).stream(), { name: 'tiny' }),
    );
    expect(seen.map(({ text }) => text)).toEqual(['streamed']);
  });

  it('that runs a program is not repeated: twice would be twice', async () => {
    const { result, seen } = await against([busy, made], (cloud) =>
      cloud.instances.runCommand('ins_1', { command: ['id'] }),
    );
    expect(result).toMatchObject({ status: 503 });
    expect(seen).toHaveLength(1);
  });

  it('tells nobody who calls where anybody may, and no project where none is meant', async () => {
    const session = { status: 201, body: { token: 'cloudsess_x' } };
    const { result, seen } = await against([session, { body: { projects: [] } }], async (cloud) => {
      await cloud.sessions.create({ email: 'a@b.c', password: 'pw' });
      await cloud.projects.list().page();
      const { url } = cloud['options'];
      return (await Cloud.signIn({ url, email: 'a@b.c', password: 'pw', project: 'prj_1' }))['options'];
    });
    expect(seen[0]?.headers.authorization).toBeUndefined();
    expect(seen[1]?.headers.authorization).toBe('Bearer cloud_secret');
    expect(seen[1]?.headers['x-project-id']).toBeUndefined();
    expect(result).toMatchObject({ project: 'prj_1' });
  });

  it('refuses what can be no path, address or credential, before anything is sent', async () => {
    const { result, seen } = await against([made], (cloud) => cloud.instances.stop('..'));
    expect(result).toBeInstanceOf(TypeError);
    expect(seen).toEqual([]);
    expect(() => new Cloud({ url: 'ftp://x' })).toThrow(TypeError);
    expect(() => new Cloud({ url: 'http://a:b@x' })).toThrow(TypeError);
    expect(() => new Cloud({ url: 'http://x', apiKey: 'a', sessionToken: 'b' })).toThrow('not both');
  });

  it('ends with the reason of its signal, also while it waits to try again', async () => {
    const { result } = await against([limited('5')], (cloud) => {
      const stop = new AbortController();
      const call = create(cloud.with({ signal: stop.signal }));
      setImmediate(() => stop.abort(new Error('enough')));
      return call;
    });
    expect(result).toMatchObject({ message: 'enough' });
    const before = await against([made], (cloud) =>
      cloud.instances.list({}, { signal: AbortSignal.abort(new Error('never')) }).page(),
    );
    expect(before).toMatchObject({ result: { message: 'never' }, seen: [] });
  });

  it('gives each attempt its time', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const cloud = new Cloud({ url: `http://127.0.0.1:${port}`, apiKey: 'k', timeoutMs: 20 });
    const error: unknown = await cloud.instances.get('ins_1').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CloudConnectionError);
    expect(error).toMatchObject({ why: 'no answer in time' });
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('says what the system says when nobody listens', async () => {
    const { url } = await against([], async () => undefined);
    const cloud = new Cloud({ url, apiKey: 'k', retry: { maxRetries: 0 } });
    await expect(cloud.instances.get('ins_1')).rejects.toThrow(/does not answer: .*ECONNREFUSED/);
  });
});
