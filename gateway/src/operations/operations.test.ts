import { Client, credentials, Metadata, Server, ServerCredentials } from '@grpc/grpc-js';
import type { sendUnaryData, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { commonV1, identityV1 } from '@thecloud/api';
import { CloudError, commonErrors, newId } from '@thecloud/kernel';
import { cutPage, pageOf, toServiceError } from '@thecloud/service-kit';
import { eventually, stockClient } from '@thecloud/testkit';
import pino from 'pino';
import { Registry } from 'prom-client';
import { authenticateWith } from '../authenticate';
import { httpConfig } from '../config';
import { fairUseWith } from '../fair-use/fair-use';
import { startGrpcApi } from '../grpc/grpc-api';
import type { GrpcApi } from '../grpc/grpc-api';
import { startHttpApi } from '../http-api';
import type { HttpApi } from '../http-api';

type Watcher = ServerWritableStream<{ id?: string }, commonV1.Operation>;
const key = 'cloud_0123456789abcdef';
const SERVICES = ['compute', 'storage', 'network'] as const;
type Name = (typeof SERVICES)[number];

/** A service's operations, in memory, behind a gRPC server of its own. */
class Service {
  operations: commonV1.Operation[] = [];
  asked: string[] = [];
  waiting: Array<() => void> = [];
  watchers: Watcher[] = [];
  readonly server = new Server();

  find(id = ''): commonV1.Operation {
    const found = this.operations.find((one) => one.id === id);
    if (!found) throw toServiceError(commonErrors.OPERATION_NOT_FOUND({ id }));
    return found;
  }

  begin(kind: string): commonV1.Operation {
    const made = commonV1.Operation.fromPartial({ id: newId('operation'), kind, state: 'running' });
    this.operations.unshift(made);
    return made;
  }

  async start(): Promise<Client> {
    const answer =
      <Q, R>(name: string, fn: (request: Q) => R) =>
      ({ request }: ServerUnaryCall<Q, R>, done: sendUnaryData<R>) => {
        this.asked.push(name);
        try {
          done(null, fn(request));
        } catch (error) {
          done(error instanceof CloudError ? toServiceError(error) : (error as Error));
        }
      };
    this.server.addService(commonV1.OperationServiceService, {
      getOperation: answer('get', ({ id }: { id: string }) => this.find(id)),
      listOperations: answer('list', (request: commonV1.ListOperationsRequest) => {
        const page = pageOf(request);
        const rows = this.operations.filter(
          ({ id, kind }) => (!page.after || id < page.after) && (!request.kind || kind === request.kind),
        );
        const cut = cutPage(rows, page);
        return { operations: cut.rows, nextPageToken: cut.nextPageToken };
      }),
      waitOperation: (
        { request }: ServerUnaryCall<{ id: string }, commonV1.Operation>,
        done: sendUnaryData<commonV1.Operation>,
      ) => {
        try {
          const found = this.find(request.id);
          this.waiting.push(() => done(null, { ...found, state: 'succeeded' }));
        } catch (error) {
          done(error as Error);
        }
      },
      watchOperation: (call: Watcher) => {
        call.on('error', () => {});
        try {
          call.write(this.find(call.request.id));
          this.watchers.push(call);
        } catch (error) {
          call.emit('error', error);
        }
      },
      watchOperations: (call: Watcher) => {
        call.on('error', () => {});
        call.sendMetadata(new Metadata());
        for (const one of this.operations) call.write(one);
        this.watchers.push(call);
      },
    });
    this.server.addService(
      { exchange: identityV1.TokenServiceService.exchangeCredential },
      {
        exchange: (_: unknown, done: sendUnaryData<identityV1.ExchangeCredentialResponse>) =>
          done(null, { token: 't', subject: 'key_1', projectId: 'prj_1', permissions: [] }),
      },
    );
    const port = await new Promise<number>((resolve, reject) => {
      this.server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (e, bound) =>
        e ? reject(e) : resolve(bound),
      );
    });
    return new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  }
}

let services: Record<Name, Service>;
let clients: Record<string, Client>;
let http: HttpApi;
let grpc: GrpcApi;

beforeEach(async () => {
  services = { compute: new Service(), storage: new Service(), network: new Service() };
  clients = {
    compute: await services.compute.start(),
    storage: await services.storage.start(),
    network: await services.network.start(),
  };
  await serveOperationsOf(SERVICES);
});
afterEach(async () => {
  for (const name of SERVICES) {
    clients[name]!.close();
    services[name].server.forceShutdown();
  }
  await Promise.all([http.close(), grpc.close()]);
});

async function serveOperationsOf(names: readonly string[]): Promise<void> {
  const config = httpConfig.parse({
    THECLOUD_GATEWAY_HTTP_ADDRESS: '127.0.0.1:0',
    THECLOUD_GATEWAY_GRPC_ADDRESS: '127.0.0.1:0',
    THECLOUD_GATEWAY_OPERATION_SERVICES: names.join(','),
    THECLOUD_GATEWAY_CALL_SECONDS: 10,
    THECLOUD_GATEWAY_RATE_ADDRESS: 10_000,
    THECLOUD_GATEWAY_RATE_KEY: 10_000,
    THECLOUD_GATEWAY_RATE_PROJECT: 10_000,
  });
  const channelFor = (name: string) => clients[name === 'identity' ? 'network' : name]!;
  const deps = () => ({
    channelFor,
    authenticate: authenticateWith(config, channelFor),
    fairUse: fairUseWith(config),
    log: pino({ level: 'silent' }),
    registry: new Registry(),
  });
  [http, grpc] = await Promise.all([startHttpApi(config, deps()), startGrpcApi(config, deps())]);
}

const get = async (path: string) => {
  const answer = await fetch(`${http.url}${path}`, { headers: { 'x-api-key': key } });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const idsOf = (body: Record<string, unknown>) =>
  (body.operations as Array<{ id: string }>).map(({ id }) => id);

/** In turns, and some of one service only: all their ids, newest first. */
function beginMany(): string[] {
  const turns: Name[] = [
    'compute',
    'storage',
    'compute',
    'compute',
    'compute',
    'compute',
    'network',
    'storage',
    'storage',
    'compute',
  ];
  return turns.map((name, n) => services[name].begin(n % 2 ? 'thing.make' : 'thing.end').id).reverse();
}

describe('the list', () => {
  it.each([1, 2, 3, 4, 7, 10, 50])('has all services in one order, page by page of %i', async (size) => {
    const all = beginMany();
    const found: string[] = [];
    for (let token = ''; ;) {
      const { body } = await get(`/v1/operations?page_size=${size}&page_token=${token}`);
      const ids = idsOf(body);
      expect(ids.length).toBeLessThanOrEqual(size);
      found.push(...ids);
      token = body.next_page_token as string;
      if (token === '') break;
      expect(ids).not.toEqual([]);
    }
    expect(found).toEqual(all);
  });

  it('is narrowed in every service', async () => {
    beginMany();
    const { body } = await get('/v1/operations?kind=thing.end');
    expect(body.operations).toHaveLength(5);
    expect((body.operations as Array<{ kind: string }>).every(({ kind }) => kind === 'thing.end')).toBe(true);
  });

  it('refuses what any service refuses', async () => {
    expect(await get('/v1/operations?page_token=nonsense')).toMatchObject({
      status: 400,
      body: { reason: 'PAGE_TOKEN_INVALID' },
    });
  });

  it('names the service that does not answer, rather than lack its operations', async () => {
    beginMany();
    services.storage.server.forceShutdown();
    const { status, body } = await get('/v1/operations');
    expect(status).toBe(503);
    expect(body.detail).toContain('storage');
  });

  it('of one service alone is passed on as it comes', async () => {
    await Promise.all([http.close(), grpc.close()]);
    await serveOperationsOf(['compute']);
    beginMany();
    expect(idsOf((await get('/v1/operations')).body)).toHaveLength(6);
    expect([services.compute.asked, services.storage.asked]).toEqual([['list'], []]);
  });
});

describe('a single operation', () => {
  it('is found wherever it is', async () => {
    beginMany();
    for (const name of SERVICES) {
      const { id } = services[name].operations[0]!;
      expect(await get(`/v1/operations/${id}`)).toMatchObject({ status: 200, body: { id } });
    }
  });

  it('is not found when no service has it', async () => {
    expect(await get('/v1/operations/op_1')).toMatchObject({
      status: 404,
      body: { reason: 'OPERATION_NOT_FOUND' },
    });
  });

  it('may be that of a service that does not answer', async () => {
    services.storage.server.forceShutdown();
    const { status, body } = await get('/v1/operations/op_1');
    expect(status).toBe(503);
    expect(body.detail).toContain('storage');
  });

  it('is answered by its service while another does not answer', async () => {
    const { id } = services.compute.begin('thing.make');
    services.storage.server.forceShutdown();
    expect(await get(`/v1/operations/${id}`)).toMatchObject({ status: 200, body: { id } });
  });

  it('is waited for where it is', async () => {
    const { id } = services.storage.begin('thing.make');
    const waited = get(`/v1/operations/${id}:wait`);
    await eventually('the wait', () => services.storage.waiting.length === 1);
    services.storage.waiting[0]!();
    expect(await waited).toMatchObject({ status: 200, body: { id, state: 'succeeded' } });
  });
});

/** Lines of a stream as they come. */
async function* lines(
  path: string,
): AsyncGenerator<{ result?: { id: string; state: string }; error?: { status: number } }> {
  const answer = await fetch(`${http.url}${path}`, { headers: { 'x-api-key': key } });
  let text = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    const whole = (text + chunk).split('\n');
    text = whole.pop()!;
    for (const line of whole) if (line) yield JSON.parse(line) as { result?: { id: string; state: string } };
  }
}

describe('a watch', () => {
  it('of all has those of every service, and goes on in each', async () => {
    const begun = SERVICES.map((name) => services[name].begin('thing.make').id);
    const stream = lines('/v1/operations:watch');
    const next = async () => (await stream.next()).value as { result: { id: string; state: string } };
    const first = [await next(), await next(), await next()].map(({ result }) => result.id);
    expect(first.sort()).toEqual([...begun].sort());
    for (const name of SERVICES) {
      await eventually('the watch', () => services[name].watchers.length === 1);
      services[name].watchers[0]!.write({ ...services[name].operations[0]!, state: 'succeeded' });
      expect((await next()).result).toMatchObject({
        id: services[name].operations[0]!.id,
        state: 'succeeded',
      });
    }
    const broken = stream.next();
    services.storage.watchers[0]!.emit(
      'error',
      toServiceError(commonErrors.UNAVAILABLE({ what: 'This server' })),
    );
    expect((await broken).value).toMatchObject({ error: { status: 503 } });
    expect((await stream.next()).done).toBe(true);
    await eventually(
      'the others to end',
      () => services.compute.watchers[0]!.cancelled && services.network.watchers[0]!.cancelled,
    );
  });

  it('of one is that of its service', async () => {
    const made = services.network.begin('thing.make');
    const stream = lines(`/v1/operations/${made.id}:watch`);
    expect((await stream.next()).value).toMatchObject({ result: { id: made.id, state: 'running' } });
    services.network.watchers[0]!.write({ ...made, state: 'succeeded' });
    services.network.watchers[0]!.end();
    expect((await stream.next()).value).toMatchObject({ result: { state: 'succeeded' } });
    expect((await stream.next()).done).toBe(true);
  });

  it('of one that no service has is refused', async () => {
    expect(await get('/v1/operations/op_1:watch')).toMatchObject({
      status: 404,
      body: { reason: 'OPERATION_NOT_FOUND' },
    });
  });
});

describe('over gRPC', () => {
  it.each(['thecloud.common.v1.OperationService', 'thecloud.compute.v1.OperationService'])(
    '%s is the same',
    async (service) => {
      const all = beginMany();
      const channel = new Client(`127.0.0.1:${grpc.port}`, credentials.createInsecure());
      const metadata = new Metadata();
      metadata.set('x-api-key', key);
      const { listOperations, getOperation, watchOperations } = commonV1.OperationServiceService;
      const unary = <Q, R>(rpc: string, encode: (q: Q) => Buffer, decode: (b: Buffer) => R, request: Q) =>
        new Promise<R>((resolve, reject) => {
          channel.makeUnaryRequest(`/${service}/${rpc}`, encode, decode, request, metadata, (e, answer) =>
            e ? reject(e) : resolve(answer!),
          );
        });
      const list = await unary(
        'ListOperations',
        listOperations.requestSerialize,
        listOperations.responseDeserialize,
        commonV1.ListOperationsRequest.fromPartial({ pageSize: 4 }),
      );
      expect(list.operations.map(({ id }) => id)).toEqual(all.slice(0, 4));
      const one = await unary(
        'GetOperation',
        getOperation.requestSerialize,
        getOperation.responseDeserialize,
        { id: all[9]! },
      );
      expect(one.id).toBe(all[9]);
      await expect(
        unary('GetOperation', getOperation.requestSerialize, getOperation.responseDeserialize, {
          id: 'op_1',
        }),
      ).rejects.toMatchObject({ code: 5 });
      const watch = channel.makeServerStreamRequest(
        `/${service}/WatchOperations`,
        watchOperations.requestSerialize,
        watchOperations.responseDeserialize,
        commonV1.WatchOperationsRequest.fromPartial({}),
        metadata,
      );
      watch.on('error', () => {});
      const seen: string[] = [];
      watch.on('data', ({ id }: commonV1.Operation) => seen.push(id));
      await eventually('all of them', () => seen.length === all.length);
      expect(seen.sort()).toEqual([...all].sort());
      watch.cancel();
      await eventually('the watches to end', () =>
        SERVICES.every((name) => services[name].watchers.every((one) => one.cancelled)),
      );
      channel.close();
    },
  );

  it('describes the service by its name of now', async () => {
    const caller = await stockClient(`127.0.0.1:${grpc.port}`);
    const listed = caller.services;
    expect(listed).toContain('thecloud.common.v1.OperationService');
    expect(listed).not.toContain('thecloud.compute.v1.OperationService');
    caller.close();
  });
});
