import { createServer, type Socket } from 'node:net';
import { problem, recordedGateway, type Reply } from '../test/recorded-gateway';
import { ApiClient } from './api-client';

const made = { status: 201, body: { metadata: { id: 'prj_1' } } };
const busy: Reply = { status: 503, body: problem(503, 'UNAVAILABLE', 'NO_BACKEND', 'compute is away') };
const limited = (retryAfter: string): Reply => ({
  status: 429,
  body: problem(429, 'RESOURCE_EXHAUSTED', 'RATE_LIMITED', 'Too many attempts.'),
  headers: { 'retry-after': retryAfter },
});

/** Runs `work` against a gateway that gives these answers in turn. */
async function against<T>(answers: Reply[], work: (api: ApiClient) => Promise<T>) {
  const gateway = await recordedGateway({ 'POST /v1/projects': answers, 'GET /v1/projects': answers });
  const endpoint = { server: gateway.url, credential: 'cloud_secret', projectId: 'prj_9' };
  try {
    const result = await work(new ApiClient(endpoint, new AbortController().signal)).catch(
      (error: unknown) => error,
    );
    return { result, seen: gateway.seen };
  } finally {
    await gateway.close();
  }
}

const create = (api: ApiClient) => api.post('/v1/projects', { body: { name: 'shop' } });

describe('ApiClient', () => {
  it.each([
    ['a lost connection', { hangUp: true }],
    ['503', busy],
    ['429 with a short pause', limited('0')],
  ])('repeats a mutation after %s under the same idempotency key', async (_, first) => {
    const { result, seen } = await against([first, made], create);
    expect(result).toEqual(made.body);
    const keys = seen.map((request) => request.headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(keys).size).toBe(1);
    expect(seen[1]).toMatchObject({ body: { name: 'shop' } });
    expect(seen[1]?.headers).toMatchObject({ authorization: 'Bearer cloud_secret', 'x-project-id': 'prj_9' });
  });

  it('uses another key for another mutation, and none for a read', async () => {
    const { seen } = await against([made], async (api) => {
      await create(api);
      await create(api);
      await api.get('/v1/projects');
    });
    const [a, b, read] = seen.map((request) => request.headers['idempotency-key']);
    expect(a).not.toBe(b);
    expect(read).toBeUndefined();
  });

  it('gives up after three repetitions', async () => {
    const { result, seen } = await against([busy], create);
    expect(seen).toHaveLength(4);
    expect(result).toMatchObject({ exitCode: 7, message: 'compute is away' });
  });

  it('does not sit out a long pause but says how long it is', async () => {
    const { result, seen } = await against([limited('300')], create);
    expect(seen).toHaveLength(1);
    expect(result).toMatchObject({ exitCode: 7, advice: 'Try again in 300 s.' });
  });

  it.each([
    [400, 'INVALID_ARGUMENT', 2],
    [400, 'FAILED_PRECONDITION', 5],
    [401, 'UNAUTHENTICATED', 3],
    [403, 'PERMISSION_DENIED', 3],
    [404, 'NOT_FOUND', 4],
    [409, 'ALREADY_EXISTS', 5],
    [429, 'RESOURCE_EXHAUSTED', 5],
    [500, 'INTERNAL', 1],
  ])('takes %i %s as exit code %i, at once', async (status, code, exitCode) => {
    const violations = [{ field: 'name', description: 'is required' }];
    const body = problem(status, code, 'SOME_REASON', 'That is wrong.', { violations });
    const { result, seen } = await against([{ status, body }], create);
    expect(seen).toHaveLength(1);
    const details = ['name: is required', '(SOME_REASON, request req_1)'];
    expect(result).toMatchObject({ exitCode, message: 'That is wrong.', details });
  });

  it('gives each attempt its time', async () => {
    const signal = new AbortController().signal;
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const api = new ApiClient({ server: `http://127.0.0.1:${port}` }, signal);
    await expect(api.get('/v1/projects', { timeoutMs: 20 })).rejects.toMatchObject({
      exitCode: 7,
      message: expect.stringContaining('no answer in time') as string,
    });
    for (const socket of sockets) socket.destroy();
    server.close();
  });
});
