import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientReadableStream } from '@grpc/grpc-js';
import { agentV1 } from '@thecloud/api';
import { newId } from '@thecloud/kernel';
import { eventually, Relay, testPeer, testPostgres } from '@thecloud/testkit';
import { createLogger } from '../log';
import { createMetrics, RpcMetrics } from '../telemetry/metrics';
import { implement } from './implement';
import { openStream } from './open-stream';
import { onOwnConnection, ownConnectionOptions } from './own-connection';
import { startRpcServer } from './server';
import type { RpcServer } from './server';

jest.setTimeout(60_000);
const dir = mkdtempSync(join(tmpdir(), 'own-connection-'));
const data = Buffer.alloc(60_000, 'x');
const lasting = new AbortController();
const options = { setUpMs: 10_000, signal: lasting.signal };
const relay = new Relay(() => server.port);
let server: RpcServer;
let stream: <S extends ReturnType<Parameters<typeof onOwnConnection>[1]>>(
  start: (client: agentV1.AgentServiceClient) => S,
) => S;
/** Streams that are open at the server. */
let open = 0;

const served = {
  readLogs: agentV1.AgentServiceService.readLogs,
  watchStats: agentV1.AgentServiceService.watchStats,
};

beforeAll(async () => {
  const { secretsDir } = await testPostgres();
  const [agent, compute] = [
    await testPeer({ secretsDir, dir }, 'agent'),
    await testPeer({ secretsDir, dir }, 'compute'),
  ];
  server = await startRpcServer({
    address: '127.0.0.1:0',
    credentials: agent.serverCredentials(),
    services: [
      implement<Pick<agentV1.AgentServiceServer, keyof typeof served>>(served, {
        readLogs: async function* (ctx) {
          open++;
          try {
            ctx.accept();
            for (;;) yield agentV1.ReadLogsResponse.fromPartial({ stream: 'stdout', data });
          } finally {
            open--;
          }
        },
        watchStats: async function* (ctx) {
          ctx.accept();
          yield agentV1.WatchStatsResponse.fromPartial({});
        },
      }),
    ],
    log: createLogger({ service: 'test', level: 'silent' }),
    metrics: new RpcMetrics(createMetrics('test')),
  });
  await relay.mend();
  const credentials = compute.channelCredentials();
  const connect = () =>
    new agentV1.AgentServiceClient(`127.0.0.1:${relay.port}`, credentials, ownConnectionOptions('agent'));
  stream = (start) => onOwnConnection(connect, start);
});
afterAll(async () => {
  await relay.cut();
  await server.drain();
  rmSync(dir, { recursive: true, force: true });
});

const readLogs = (): ClientReadableStream<agentV1.ReadLogsResponse> =>
  stream((client) =>
    client.readLogs({ instanceId: newId('instance'), afterNs: 0n, follow: true, timestamps: false }),
  );
async function stats(): Promise<number> {
  const call = stream((client) => client.watchStats({ instanceId: newId('instance'), intervalMs: 1_000 }));
  let samples = 0;
  for await (const _ of await openStream(call, options)) samples++;
  return samples;
}
const nothingLeft = () => eventually('no stream, no connection', () => open + relay.connections === 0);

it('readers that read nothing and vanish leave neither streams nor connections, and delay nobody', async () => {
  for (let round = 0; round < 3; round++) {
    const calls = Array.from({ length: 20 }, readLogs);
    await Promise.all(calls.map((call) => openStream(call, options)));
    expect(await stats()).toBe(1);
    for (const call of calls) call.cancel();
  }
  await nothingLeft();
});

it('a call that is cancelled before it is connected leaves nothing', async () => {
  const call = readLogs();
  call.on('error', () => undefined);
  call.cancel();
  expect(await stats()).toBe(1);
  await nothingLeft();
});

it('a stream whose connection is stuck delays no other, and both ends are rid of it', async () => {
  const call = readLogs();
  await openStream(call, options);
  relay.stall();
  expect(await stats()).toBe(1);
  call.cancel();
  expect(await stats()).toBe(1);
  await nothingLeft();
});

it('a reader of a connection that is stuck is told that the other end is away', async () => {
  const logs = await openStream(readLogs(), options);
  relay.stall();
  const reading = (async () => {
    for await (const _ of logs);
  })();
  await expect(reading).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await nothingLeft();
});
