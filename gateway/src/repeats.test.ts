import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { methods } from '@thecloud/api';
import type { MethodEntry } from '@thecloud/api';
import { asIs } from './backend-call';
import { gatewayBefore, goodKey as key, publicMethods as open } from './fixtures/gateway-before';
import type { GatewayBefore, RawCall } from './fixtures/gateway-before';

/** How often each method was carried out. */
const done = new Map<string, number>();
let gateway: GatewayBefore;

/** Carries out the call, then answers without headers and with UNAVAILABLE, as one whose engine has gone does. */
function carryOut({ path }: MethodEntry, call: RawCall): void {
  call.on('data', () => {}).on('error', () => {});
  done.set(path, (done.get(path) ?? 0) + 1);
  call.emit('error', { code: status.UNAVAILABLE, details: 'the database is away' });
}
beforeAll(async () => {
  gateway = await gatewayBefore(carryOut);
});
afterAll(() => gateway.close());

async function overHttp({ http: route }: MethodEntry, idempotencyKey?: string): Promise<number> {
  const { verb, path, body } = route!;
  const answer = await fetch(gateway.http.url + path.replace(/\{[^}]+\}/g, 'x1'), {
    method: verb,
    headers: {
      'x-api-key': key,
      ...(body === '*' ? { 'content-type': 'application/json' } : {}),
      ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
    },
    ...(body === '*' ? { body: '{}' } : {}),
  });
  await answer.text();
  return answer.status;
}

function overGrpc({ path }: MethodEntry, idempotencyKey?: string): Promise<status> {
  const outside = new Client(gateway.grpcAddress, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('x-api-key', key);
  if (idempotencyKey) metadata.set('idempotency-key', idempotencyKey);
  return new Promise((resolve) => {
    const call = outside.makeBidiStreamRequest(path, asIs, asIs, metadata, { deadline: Date.now() + 20_000 });
    call
      .on('data', () => {})
      .on('error', (error: ServiceError) => {
        outside.close();
        resolve(error.code);
      });
    call.end(Buffer.alloc(0));
  });
}

const unary = open.filter((m) => !m.requestStream && m.http);

/** Calls every method, all at a time, and says how each was answered and how often it was carried out. */
async function timesOfAll(call: (method: MethodEntry) => Promise<number>) {
  done.clear();
  const answers = await Promise.all(unary.map(call));
  return unary.map(({ rpc, path }, i) => [rpc, answers[i], done.get(path)]);
}
const expected = (answer: number, again: (method: MethodEntry) => boolean) =>
  unary.map((m) => [m.rpc, answer, again(m) ? 3 : 1]);
const isReadOnly = (m: MethodEntry) => m.repeat === 'always';

describe('what was carried out and failed with UNAVAILABLE is carried out again', () => {
  it('over HTTP, if it is a read', async () => {
    expect(await timesOfAll((m) => overHttp(m))).toEqual(expected(503, isReadOnly));
  });

  it('over HTTP with an idempotency key, if the method heeds that', async () => {
    const again = (m: MethodEntry) => m.repeat !== 'never';
    expect(await timesOfAll((m) => overHttp(m, 'k1'))).toEqual(expected(503, again));
  });

  it.each([undefined, 'k1'])('over gRPC with key %s, if it is a read', async (idempotencyKey) => {
    const times = await timesOfAll((m) => overGrpc(m, idempotencyKey));
    expect(times).toEqual(expected(status.UNAVAILABLE, isReadOnly));
  });
});

it.each(open.filter((m) => m.requestStream).map((m) => [m.rpc, m] as const))(
  '%s, which streams its requests, is carried out once',
  async (_, method) => {
    done.delete(method.path);
    expect([await overGrpc(method, 'k1'), done.get(method.path)]).toEqual([status.UNAVAILABLE, 1]);
  },
);

it('no mutation is taken for a read', () => {
  const reads = methods.filter((m) => m.repeat === 'always' && m.http).map((m) => m.http!.verb);
  expect([...new Set(reads)]).toEqual(['GET']);
  const once = methods.filter((m) => m.repeat === 'never' && !m.requestStream).map((m) => m.rpc);
  expect(once.sort()).toEqual([
    ...['ChangePassword', 'CreateHost', 'CreateSession', 'EnrollCertificate'],
    ...['RegisterUser', 'RunInstanceCommand'],
  ]);
});

it('no mutation heeds an idempotency key that nobody owns', () => {
  const heeding = methods.filter((m) => m.repeat === 'keyed' && m.auth.public);
  expect(heeding.map((m) => m.rpc)).toEqual([]);
});
