import { computeV1, methodByPath } from '@thecloud/api';
import type { RequestContext } from '@thecloud/service-kit';
import { computeDatabase } from '../fixtures/compute-database';
import type { ComputeDatabase } from '../fixtures/compute-database';
import { reportAs } from '../fixtures/report-as';
import type { InstanceFilter } from './instance.repo';
import { ShownInstances } from './shown-instances';

let fixture: ComputeDatabase;
let shown: ShownInstances;
beforeAll(async () => (fixture = await computeDatabase()));
afterAll(() => fixture.close());
beforeEach(async () => {
  await fixture.empty();
  shown = new ShownInstances(fixture.db);
});

const caller = (projectId = 'prj_1', permissions = ['*:*']): RequestContext => ({
  requestId: 'r1',
  method: methodByPath('/thecloud.compute.v1.InstanceService/ListInstances')!,
  principal: {
    subject: 'key_1',
    kind: 'api_key',
    userId: 'usr_1',
    projectId,
    permissions,
    platformAdmin: false,
  },
  signal: new AbortController().signal,
  accept: () => undefined,
  log: undefined as never,
});
const find = async (id: string, ctx = caller()) =>
  computeV1.Instance.decode((await shown.find(ctx, id)).bytes);
const list = async (size = 10, after?: string, ctx = caller()) => {
  const page = await shown.list(ctx, {}, { size, after });
  return computeV1.ListInstancesResponse.decode(page.bytes);
};
const idsOf = (page: computeV1.ListInstancesResponse) => page.instances.map((one) => one.metadata?.id);

it('shows a row as it is now, however often it was shown as it was before', async () => {
  const [id = ''] = await fixture.addInstances(1, { env: { A: '1' }, labels: { tier: 'web' } });
  expect(await find(id)).toEqual(await find(id));
  expect((await find(id)).spec?.env).toEqual({ A: '1' });
  await fixture.database.query(`update compute.instance set env = '{"A": "2"}'`); // counts no version
  expect((await find(id)).spec?.env).toEqual({ A: '2' });
  expect((await list()).instances).toEqual([await find(id)]);
  await fixture.database.query('delete from compute.instance');
  await expect(find(id)).rejects.toMatchObject({ reason: 'INSTANCE_NOT_FOUND' });
  expect((await list()).instances).toEqual([]);
});

it('lists page by page, newest first, whether rows were shown before or not', async () => {
  const ids = (await fixture.addInstances(5)).sort().reverse();
  await find(ids[1] ?? '');
  const first = await list(3);
  expect(idsOf(first)).toEqual(ids.slice(0, 3));
  expect(Buffer.from(first.nextPageToken, 'base64url').toString()).toBe(ids[2]);
  const second = await list(3, ids[2]);
  expect(idsOf(second)).toEqual(ids.slice(3));
  expect(second.nextPageToken).toBe('');
  expect(await list(3)).toEqual(first);
});

describe('of instances with a MiB of environment each', () => {
  const env = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`V${n}`, 'x'.repeat(8_192)]));
  const all = async (filter: InstanceFilter) => {
    const pages: computeV1.ListInstancesResponse[] = [];
    for (let after: string | undefined; pages.length < 10;) {
      const { bytes } = await shown.list(caller(), filter, { size: 500, after });
      expect(bytes.length).toBeLessThan(4 << 20);
      const page = computeV1.ListInstancesResponse.decode(bytes);
      pages.push(page);
      if (!page.nextPageToken) break;
      after = Buffer.from(page.nextPageToken, 'base64url').toString();
    }
    return pages.map(idsOf);
  };

  it.each([
    ['all', {}],
    ['those of a filter', { state: 'provisioning' }],
  ])('ends pages early, and lists %s, each once', async (_what, filter) => {
    const ids = (await fixture.addInstances(7, { env })).sort().reverse();
    expect(await all(filter)).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
    expect(await all(filter)).toHaveLength(3); // as they are kept
  });
});

it('shows to nobody what is kept for somebody else', async () => {
  const [id = ''] = await fixture.addInstances(1);
  await find(id);
  await expect(find(id, caller('prj_2'))).rejects.toMatchObject({ reason: 'INSTANCE_NOT_FOUND' });
  expect((await list(10, undefined, caller('prj_2'))).instances).toEqual([]);
});

it('keeps what a viewer may see apart from what others may', async () => {
  const [id = ''] = await fixture.addInstances(1, {
    ...{ env: { A: '1' }, entrypoint: ['do'], command: ['run', '1'] },
  });
  const viewer = caller('prj_1', ['*:read', '*:list']);
  const [whole, limited] = [
    { env: { A: '1' }, entrypoint: ['do'], command: ['run', '1'] },
    { env: { A: '' }, entrypoint: [], command: [] },
  ];
  for (const _ of ['read', 'kept']) {
    expect((await find(id)).spec).toMatchObject(whole);
    expect((await find(id, viewer)).spec).toMatchObject(limited);
    expect((await list(10, undefined, viewer)).instances).toMatchObject([{ spec: limited }]);
    expect((await list()).instances).toMatchObject([{ spec: whole }]);
  }
});

it('shows the address that a host comes back with', async () => {
  const [hostId = ''] = await fixture.addHosts(1, { address: '192.0.2.1' });
  const ports = [{ containerPort: 80, hostPort: 0, protocol: 'tcp' as const }];
  const [id = ''] = await fixture.addInstances(1, { hostId, ports });
  await fixture.database.query('insert into compute.host_port values ($1, $2, $3, $4, $5)', [
    ...[hostId, 'tcp', 20_000, id, 80],
  ]);
  expect((await find(id)).status?.ports).toMatchObject([{ hostPort: 20_000, address: '192.0.2.1' }]);
  await sayHello(hostId, '192.0.2.2');
  expect((await find(id)).status?.ports).toMatchObject([{ hostPort: 20_000, address: '192.0.2.2' }]);
});

/** As the host's agent does when it starts. */
async function sayHello(hostId: string, address: string): Promise<void> {
  const inventory = computeV1.HostInventory.fromPartial({ address, hostname: 'h' });
  const hello = { inventory, instances: [], armedFenceMs: 0, unfencedDrivers: [] };
  const answers = await reportAs(fixture, hostId, { $case: 'hello', value: hello });
  expect(answers).toMatchObject([{ notHere: [] }]);
}
