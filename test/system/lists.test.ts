import { Metadata } from '@grpc/grpc-js';
import { computeV1, identityV1 } from '@thecloud/api';
import { channelOptions, createClient } from '@thecloud/service-kit';
import { testPeer } from '@thecloud/testkit';
import { idOf } from './api';
import type { Body } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';

jest.setTimeout(60_000);
let cloud: Cloud;
const names = ['a', 'b', 'c', 'd', 'e'];
beforeAll(async () => {
  cloud = await startCloud({ driver: 'noop' });
  await cloud.importStarter();
  for (const name of names) {
    const labels = { tier: name < 'c' ? 'front' : 'back', all: 'yes' };
    const { body } = await cloud.admin.call('POST', '/v1/instances', {
      name,
      labels,
      spec: { type: 'nano-1', image: 'starter' },
    });
    await cloud.admin.reaches(idOf(body), 'running');
  }
});
afterAll(() => cloud.close());

const list = async (query: string): Promise<Body> =>
  (await cloud.admin.call('GET', `/v1/instances?${query}`)).body;
const namesOf = (body: Body) => (body.instances ?? []).map((i) => i.metadata?.name);

it('pages newest first, each once, to the end', async () => {
  const found: unknown[] = [];
  let token = '';
  do {
    const page = await list(`page_size=2&page_token=${token}`);
    expect(page.instances?.length).toBeLessThanOrEqual(2);
    found.push(...namesOf(page));
    token = page.next_page_token ?? '';
  } while (token);
  expect(found).toEqual([...names].reverse());
});

it('keeps its place when something new comes in between', async () => {
  const first = await list('page_size=2');
  const { body } = await cloud.admin.call('POST', '/v1/instances', {
    name: 'new',
    spec: { type: 'nano-1', image: 'starter' },
  });
  const second = await list(`page_size=2&page_token=${first.next_page_token}`);
  expect(namesOf(second)).toEqual(['c', 'b']);
  await cloud.admin.call('DELETE', `/v1/instances/${idOf(body)}`);
  await cloud.admin.vanishes(`/v1/instances/${idOf(body)}`);
});

it.each([
  ['name=c', ['c']],
  ['label=tier%3Dfront', ['b', 'a']],
  ['label=tier%3Dfront&label=all%3Dno', []],
  ['state=running&label=tier%3Dback', ['e', 'd', 'c']],
  ['state=stopped', []],
])('filters by %s', async (query, wanted) => {
  expect(namesOf(await list(query))).toEqual(wanted);
});

it('filters by host', async () => {
  expect(namesOf(await list(`host_id=${cloud.hostId}`))).toHaveLength(5);
  expect(namesOf(await list('host_id=host_00000000000000000000000000'))).toEqual([]);
});

it('streams an instance as it changes, to its end', async () => {
  const [target] = (await list('name=a')).instances ?? [];
  const id = idOf(target ?? {});
  const gateway = await testPeer(cloud.engines, 'gateway');
  const link = (kind: string, port: number) => ({
    target: `127.0.0.1:${port}`,
    credentials: gateway.channelCredentials(),
    serverKind: kind,
  });
  const tokens = createClient(identityV1.TokenServiceClient, link('identity', cloud.identityPort));
  const { token } = await tokens.exchangeCredential(
    { credential: cloud.admin.key, projectId: '' },
    { timeoutMs: 5_000 },
  );
  const client = new computeV1.InstanceServiceClient(
    `127.0.0.1:${cloud.compute.port}`,
    gateway.channelCredentials(),
    channelOptions('compute'),
  );
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  const states: string[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    const stream = client.watchInstance({ id }, metadata, { deadline: Date.now() + 30_000 });
    stream.on('data', (instance: computeV1.Instance) => {
      const state = instance.status?.state ?? '';
      if (states.at(-1) !== state) states.push(state);
      if (states.length === 1) void cloud.admin.call('DELETE', `/v1/instances/${id}`);
    });
    stream.on('error', reject);
    stream.on('end', resolve);
  });
  await ended;
  client.close();
  tokens.close();
  expect(states[0]).toBe('running');
  expect(states.at(-1)).toBe('deleted');
});
