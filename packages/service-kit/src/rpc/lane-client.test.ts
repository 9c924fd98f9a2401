import { getEventListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentV1 } from '@thecloud/api';
import { commonErrors, newId } from '@thecloud/kernel';
import { testPeer, testPostgres } from '@thecloud/testkit';
import type { CertificateFiles } from '../certificates/certificate-files';
import type { RequestContext } from '../context';
import { createLogger } from '../log';
import { createMetrics, RpcMetrics } from '../telemetry/metrics';
import { createLaneClient } from './client';
import type { UnaryClient } from './client';
import { implement } from './implement';
import { startRpcServer } from './server';
import type { RpcServer } from './server';

jest.setTimeout(60_000);
const dir = mkdtempSync(join(tmpdir(), 'lane-client-'));
const registry = createMetrics('test');
const metrics = new RpcMetrics(registry);
const options = { timeoutMs: 10_000 };
let own: CertificateFiles;
let server: RpcServer;
let client: UnaryClient<agentV1.AgentServiceClient>;
let answer: (ctx: RequestContext, id: string) => Promise<agentV1.Observed>;

const seen = (id: string) => agentV1.Observed.fromPartial({ id });
const kind = 'instance';
const handlers = {
  observe: (ctx: RequestContext, { id }: { id: string }) => answer(ctx, id),
};
const definition = { observe: agentV1.AgentServiceService.observe };
const start = (port = 0) =>
  startRpcServer({
    address: `127.0.0.1:${port}`,
    credentials: own.serverCredentials(),
    services: [implement<Pick<agentV1.AgentServiceServer, keyof typeof definition>>(definition, handlers)],
    log: createLogger({ service: 'test', level: 'silent' }),
    metrics,
  });

beforeAll(async () => {
  const { secretsDir } = await testPostgres();
  own = await testPeer({ secretsDir, dir }, 'agent');
  server = await start();
  client = createLaneClient(agentV1.AgentServiceClient, {
    target: `127.0.0.1:${server.port}`,
    credentials: (await testPeer({ secretsDir, dir }, 'compute')).channelCredentials(),
    serverKind: 'agent',
  });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));
beforeEach(() => (answer = (_, id) => Promise.resolve(seen(id))));

it('gives each of many calls its own answer, from the first on', async () => {
  for (let round = 0; round < 5; round += 1) {
    const ids = Array.from({ length: 200 }, () => newId('instance'));
    const answers = await Promise.all(ids.map((id) => client.observe({ kind, id }, options)));
    expect(answers.map(({ id }) => id)).toEqual(ids);
  }
});

it('carries large answers that come at once, though all of them are too much for one message', async () => {
  const large = 'x'.repeat(3 << 20);
  answer = (_, id) => Promise.resolve({ ...seen(id), progress: large });
  const ids = Array.from({ length: 8 }, () => newId('instance'));
  const answers = await Promise.all(ids.map((id) => client.observe({ kind, id }, options)));
  expect(answers.map((a) => [a.id, a.progress.length])).toEqual(ids.map((id) => [id, 3 << 20]));
});

it('carries whom it is made for, and errors with all they say', async () => {
  answer = (ctx) => Promise.reject(commonErrors.VERSION_MISMATCH({ current: ctx.requestId }));
  const asked = client.observe({ kind, id: 'x' }, { ...options, parent: { requestId: 'op_1' } });
  await expect(asked).rejects.toMatchObject({ reason: 'VERSION_MISMATCH', metadata: { current: 'op_1' } });
});

it('ends with its deadline, or when its caller gives up, and leaves no listener behind', async () => {
  answer = () => new Promise(() => undefined);
  const asked = client.observe({ kind, id: 'x' }, { timeoutMs: 50 });
  await expect(asked).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  const gone = new AbortController();
  const given = client.observe({ kind, id: 'x' }, { ...options, signal: gone.signal });
  gone.abort();
  await expect(given).rejects.toMatchObject({ code: 'CANCELLED' });
  answer = (_, id) => Promise.resolve(seen(id));
  const { signal } = new AbortController();
  await client.observe({ kind, id: 'x' }, { ...options, signal });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('fails what is under way when the other end dies, and finds the next one', async () => {
  const { port } = server;
  const entered = new Promise<void>((resolve) => {
    answer = () => (resolve(), new Promise(() => undefined));
  });
  const asked = client.observe({ kind, id: 'x' }, { timeoutMs: 30_000 });
  const failed = expect(asked).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await entered;
  await server.drain(); // its patience ends before the call's
  await failed;
  answer = (_, id) => Promise.resolve(seen(id));
  server = await start(port);
  const again = async (): Promise<agentV1.Observed> =>
    client.observe({ kind, id: 'y' }, options).catch(again);
  expect(await again()).toMatchObject({ id: 'y' });
});

it('has travelled on lanes, not as calls of their own', async () => {
  client.close();
  await server.drain();
  expect(await registry.metrics()).toContain('LaneService/Carry');
});
