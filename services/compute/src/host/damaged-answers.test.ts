import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Metadata, Server } from '@grpc/grpc-js';
import type { sendUnaryData, ServerDuplexStream, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { agentV1, commonV1 } from '@thecloud/api';
import { CloudError } from '@thecloud/kernel';
import { bitFlips, readEach, testPeer, testPostgres, truncations } from '@thecloud/testkit';
import type { Damaged } from '@thecloud/testkit';
import { Agents } from './agents';
import type { AgentClient } from './agents';

/** What a broken or hostile agent answers: each call ends, with an answer or an error, and the next one works. */
jest.setTimeout(120_000);
const AGENT = 'host_damaged';
const dir = mkdtempSync(join(tmpdir(), 'damaged-answers-'));
const server = new Server();
let agents: Agents;
let agent: AgentClient;
/** The bytes of the next answers, and of the next messages of the lane. */
let bytes: Buffer;
let ofLane: Buffer | undefined;

const asIs = (value: Buffer) => value;
const { observe: observeRpc, readLogs } = agentV1.AgentServiceService;
const { carry } = commonV1.LaneServiceService;
const facts = agentV1.InstanceFacts.encode(
  agentV1.InstanceFacts.fromPartial({ startedAt: new Date() }),
).finish();
const observed = agentV1.Observed.fromPartial({
  ...{ kind: 'instance', id: 'ins_1', generation: 3, phase: 'running', facts: Buffer.from(facts) },
});
const answer = Buffer.from(agentV1.Observed.encode(observed).finish());
const log = agentV1.ReadLogsResponse.fromPartial({ data: Buffer.from('a line\n') } as object);
const logged = Buffer.from(agentV1.ReadLogsResponse.encode(log).finish());

beforeAll(async () => {
  const { secretsDir } = await testPostgres();
  server.addService(
    {
      observe: { ...observeRpc, responseSerialize: asIs },
      readLogs: { ...readLogs, responseSerialize: asIs },
    },
    {
      observe: (_: ServerUnaryCall<unknown, Buffer>, done: sendUnaryData<Buffer>) => done(null, bytes),
      readLogs: (call: ServerWritableStream<unknown, Buffer>) => {
        call.write(bytes);
        call.end();
      },
    },
  );
  server.addService(
    { carry: { ...carry, responseSerialize: asIs } },
    {
      carry: (call: ServerDuplexStream<commonV1.CarryRequest, Buffer>) => {
        call.on('error', () => undefined);
        call.sendMetadata(new Metadata());
        call.on('data', ({ calls }: commonV1.CarryRequest) => {
          const answers = calls.map(({ id }) => ({ id, message: bytes }));
          call.write(ofLane ?? carry.responseSerialize(commonV1.CarryResponse.fromPartial({ answers })));
        });
      },
    },
  );
  const credentials = (await testPeer({ secretsDir, dir }, 'agent', AGENT)).serverCredentials();
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  agents = new Agents(await testPeer({ secretsDir, dir }, 'compute'));
  agent = agents.of({ id: AGENT, agentEndpoint: `127.0.0.1:${port}` });
});
afterAll(() => {
  agents.close();
  server.forceShutdown();
  rmSync(dir, { recursive: true });
});

const observe = (timeoutMs = 2_000) => agent.observe({ kind: 'instance', id: 'ins_1' }, { timeoutMs });
const damagedOf = (whole: Buffer): Damaged[] => [...truncations(whole), ...bitFlips(whole, 60, 7)];

async function answersWell(): Promise<void> {
  bytes = answer;
  ofLane = undefined;
  expect(await observe(10_000)).toEqual(observed);
}

it('answers of single calls', async () => {
  await answersWell();
  const readings = await readEach(damagedOf(answer), (damaged) => {
    bytes = damaged;
    return observe();
  });
  expect(readings.filter(({ error }) => error !== undefined && !(error instanceof CloudError))).toEqual([]);
  expect(readings.some(({ error }) => error !== undefined)).toBe(true);
  await answersWell();
});

it('messages of the lane that carries calls', async () => {
  bytes = answer;
  const answers = [{ id: 1, message: answer }];
  const whole = Buffer.from(
    commonV1.CarryResponse.encode(commonV1.CarryResponse.fromPartial({ answers })).finish(),
  );
  const readings = await readEach(damagedOf(whole), (damaged) => {
    ofLane = damaged;
    return observe(100);
  });
  expect(readings.filter(({ error }) => error !== undefined && !(error instanceof CloudError))).toEqual([]);
  await answersWell();
});

it('messages of a stream', async () => {
  const read = (damaged: Buffer) => {
    bytes = damaged;
    const call = agent.stream((client) =>
      client.readLogs(agentV1.ReadLogsRequest.fromPartial({ instanceId: 'ins_1' }), new Metadata(), {
        deadline: Date.now() + 5_000,
      }),
    );
    return new Promise((resolve) => {
      call.on('data', () => undefined);
      call.on('error', () => undefined); // 'status' says it too
      call.on('status', ({ code }: { code: number }) => resolve(code));
    });
  };
  expect(await read(logged)).toBe(0);
  const readings = await readEach(damagedOf(logged), read);
  expect(readings.filter(({ value }) => typeof value !== 'number')).toEqual([]);
  expect(readings.some(({ value }) => value !== 0)).toBe(true);
  await answersWell();
});
