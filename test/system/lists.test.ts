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
