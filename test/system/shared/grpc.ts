import { Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { bufCurl, stockClient } from '@thecloud/testkit';
import type { StockClient } from '@thecloud/testkit';
import { WebSocket } from 'ws';
import { idOf } from '../api';
import type { Body } from '../api';
import type { Cloud } from '../cloud';
import { sharedCloud } from './shared-cloud';
const instances = 'thecloud.compute.v1.InstanceService';
let cloud: Cloud;
/** Knows nothing of the API but what the gateway tells it. */
let grpc: StockClient;

beforeAll(async () => {
  cloud = await sharedCloud();
  await cloud.importStarter();
  grpc = await stockClient(cloud.grpcAddress);
});
afterAll(() => grpc.close());

function as({ key }: { key: string }, more: Record<string, string> = {}): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries({ 'x-api-key': key, ...more })) metadata.set(name, value);
  return metadata;
}
const spec = { type: 'nano-1', image: 'starter' };
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => Promise.reject(new Error('it succeeded')),
    (e: ServiceError) => e,
  );

it('does once what is asked for twice under one idempotency key', async () => {
  const ask = () =>
    grpc.unary(
      instances,
      'CreateInstance',
      { name: 'once', spec },
      as(cloud.admin, { 'idempotency-key': 'k1' }),
    );
  const [first, second] = [(await ask()) as Body, (await ask()) as Body];
  expect(first.metadata?.name).toBe('once');
  expect(idOf(second)).toBe(idOf(first));
  const seen = await grpc.unary(instances, 'GetInstance', { id: idOf(first) }, as(cloud.admin));
  expect(seen).toMatchObject({ metadata: { name: 'once' } });
});

it('is called by buf curl, which knows only what reflection says', async () => {
  const headers = { 'x-api-key': cloud.admin.key };
  const call = async (method: string, body: object) =>
    (await bufCurl({ url: `http://${cloud.grpcAddress}`, method: `${instances}/${method}`, headers, body }))
      .output;
  expect(JSON.parse(await call('CreateInstance', { name: 'by-buf', spec }))).toMatchObject({
    metadata: { name: 'by-buf' },
  });
  expect(await call('ListInstances', {})).toContain('"by-buf"');
  const refusal = JSON.parse(await call('GetInstance', { id: 'ins_none' })) as {
    code: string;
    details: Array<{ type: string; value: string }>;
  };
  expect(refusal).toMatchObject({ code: 'not_found', details: [{ type: 'google.rpc.ErrorInfo' }] });
  expect(Buffer.from(refusal.details[0]?.value ?? '', 'base64').toString()).toContain('INSTANCE_NOT_FOUND');
});

it("answers for another project's id exactly as for a missing one", async () => {
  const id = idOf(await cloud.admin.launch('private'));
  const missing = `${id.slice(0, -4)}zzzz`;
  const ask = async (of: string) => {
    const { code, details } = await refusal(
      grpc.unary(instances, 'GetInstance', { id: of }, as(cloud.stranger)),
    );
    return { code, details: details.replaceAll(of, '<id>') };
  };
  expect((await ask(id)).code).toBe(status.NOT_FOUND);
  expect(await ask(id)).toEqual(await ask(missing));
});

it('refuses who shows no credential', async () => {
  const error = await refusal(grpc.unary(instances, 'ListInstances', {}));
  expect(error.code).toBe(status.UNAUTHENTICATED);
});

describe('six instances with 960 KB of environment each', () => {
  const env = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`V${n}`, 'x'.repeat(8_000)]));
  const names = ['large-1', 'large-2', 'large-3', 'large-4', 'large-5', 'large-6'];
  const label = 'size=large';
  beforeAll(async () => {
    for (const name of names)
      await grpc.unary(
        instances,
        'CreateInstance',
        { name, labels: [{ key: 'size', value: 'large' }], spec: { ...spec, env: toPairs(env) } },
        as(cloud.admin),
      );
  });
  const toPairs = (map: Record<string, string>) =>
    Object.entries(map).map(([key, value]) => ({ key, value }));

  it('are listed, each once, in messages of the usual size', async () => {
    const found: unknown[] = [];
    for (let page_token = '', pages = 0; pages < 10; pages++) {
      const page = (await grpc.unary(
        instances,
        'ListInstances',
        { label: [label], page_size: 500, page_token },
        as(cloud.admin),
      )) as Body;
      found.push(...(page.instances ?? []).map((one) => one.metadata?.name));
      page_token = page.next_page_token ?? '';
      if (!page_token) break;
    }
    expect(found).toEqual([...names].reverse());
  });

  it('are watched, too', async () => {
    const found = new Set<unknown>();
    const stream = grpc.open(instances, 'WatchInstances', { label: [label] }, as(cloud.admin));
    for await (const message of stream) if (found.add((message as Body).metadata?.name).size === 6) break;
    expect([...found].sort()).toEqual(names);
  });
});

describe('an instance that changes is seen to its end', () => {
  const stateOf = (instance: unknown) => (instance as Body).status?.state ?? '';
  /** States told one after the other; deletes the instance as soon as it is told of. */
  const follow = (id: string) => {
    const states: string[] = [];
    return {
      states,
      hear: (instance: unknown) => {
        if (states.push(stateOf(instance)) === 1) void cloud.admin.call('DELETE', `/v1/instances/${id}`);
      },
    };
  };
  const running = async (name: string) => {
    const id = idOf(await cloud.admin.launch(name));
    await cloud.admin.reaches(id, 'running');
    return id;
  };
  const seen = (states: readonly string[]) => [states[0], states.at(-1)];

  it('over gRPC', async () => {
    const id = await running('grpc');
    const { states, hear } = follow(id);
    for await (const message of grpc.open(instances, 'WatchInstance', { id }, as(cloud.admin))) hear(message);
    expect(seen(states)).toEqual(['running', 'deleted']);
  });

  it('as lines of JSON', async () => {
    const id = await running('lines');
    const { states, hear } = follow(id);
    const answer = await fetch(`${cloud.url}/v1/instances/${id}:watch`, {
      headers: { 'x-api-key': cloud.admin.key },
    });
    let rest = '';
    for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + part).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) hear((JSON.parse(line) as { result: unknown }).result);
    }
    expect(seen(states)).toEqual(['running', 'deleted']);
  });

  it('over a WebSocket', async () => {
    const id = await running('socket');
    const { states, hear } = follow(id);
    const url = `${cloud.url.replace('http', 'ws')}/v1/instances/${id}:watch`;
    const socket = new WebSocket(url, ['thecloud.v1', `thecloud.bearer.${cloud.admin.key}`]);
    socket.on('message', (data: Buffer) => hear((JSON.parse(data.toString()) as { result: unknown }).result));
    const code = await new Promise((resolve, reject) => socket.on('close', resolve).on('error', reject));
    expect([code, ...seen(states)]).toEqual([1000, 'running', 'deleted']);
  });
});
