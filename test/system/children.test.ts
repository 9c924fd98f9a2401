import { idOf } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';
import { newPair, startPairService } from './pair-service';
import type { PairService } from './pair-service';
import { eventually } from '@thecloud/testkit';

/** A second service whose pairs own instances: what people see of it, and may do. */
jest.setTimeout(300_000);

let cloud: Cloud;
let pairs: PairService;
let projectId: string;
beforeAll(async () => {
  cloud = await startCloud({ driver: 'noop' });
  const image = await cloud.importStarter();
  projectId = image.metadata?.project_id ?? '';
  pairs = await startPairService(cloud);
});
afterAll(async () => {
  await pairs?.close();
  await cloud?.close();
});

const stateOf = async (id: string) =>
  (
    await pairs.database.query<{ state: string; message: string }>(
      'select state, message from orchestration.pair where id = $1',
      [id],
    )
  )[0];
const becomes = (id: string, state: string | undefined) =>
  eventually(`pair ${id} is ${state}`, async () => (await stateOf(id))?.state === state);
const operationsOf = (id: string) =>
  pairs.database.query<{
    kind: string;
    state: string;
    steps: { name: string }[];
    error: { reason: string; message: string } | null;
  }>('select kind, state, steps, error from orchestration.operation where resource_id = $1 order by id', [
    id,
  ]);
const instancesNamed = async (prefix: string) =>
  (await cloud.admin.call('GET', `/v1/instances?name_prefix=${prefix}`)).body.instances ?? [];

it('makes its instances, wakes by what they do, and removes them', async () => {
  const pair = newPair(projectId, 'twins');
  await pairs.first.ask('create', pair);
  await becomes(pair.id, 'running');
  const [made] = await operationsOf(pair.id);
  expect(made).toMatchObject({ kind: 'pair.create', state: 'succeeded' });
  expect(made?.steps.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['twins-a: place', 'twins-b: start']),
  );

  const instances = await instancesNamed('twins-');
  const owner = { service: 'orchestration', id: pair.id };
  expect(instances).toMatchObject([{ metadata: { owner } }, { metadata: { owner } }]);
  const operation = await cloud.admin.call('GET', `/v1/operations/${instances[0]?.metadata?.operation_id}`);
  expect(operation.body).toMatchObject({ requested_by: 'usr_test' });

  await pairs.first.ask('remove', projectId, pair.id);
  await becomes(pair.id, undefined);
  expect(await instancesNamed('twins-')).toEqual([]);
  expect((await operationsOf(pair.id)).at(-1)).toMatchObject({ kind: 'pair.delete', state: 'succeeded' });
});

it('fails with what failed its instance', async () => {
  const taken = await cloud.admin.call('POST', '/v1/instances', {
    name: 'odd-b',
    spec: { type: 'nano-1', image: 'starter' },
  });
  const pair = newPair(projectId, 'odd');
  await pairs.first.ask('create', pair);
  await becomes(pair.id, 'failed');
  expect((await operationsOf(pair.id))[0]).toMatchObject({
    state: 'failed',
    error: { reason: 'INSTANCE_NAME_TAKEN' },
  });
  await pairs.first.ask('remove', projectId, pair.id);
  await becomes(pair.id, undefined);
  // What was the tenant's own before is his still.
  expect((await instancesNamed('odd-')).map(({ metadata }) => metadata?.id)).toEqual([idOf(taken.body)]);
});

describe('an instance that a service owns', () => {
  let id: string;
  beforeAll(async () => {
    const pair = newPair(projectId, 'owned');
    await pairs.first.ask('create', pair);
    await becomes(pair.id, 'running');
    id = (await instancesNamed('owned-a'))[0]?.metadata?.id ?? '';
  });

  it.each([
    ['PATCH', '', { labels: { a: 'b' } }],
    ['DELETE', '', undefined],
    ['POST', ':stop', {}],
    ['POST', ':start', {}],
    ['POST', ':restart', {}],
    ['POST', ':exec', { command: ['true'] }],
    ['GET', '/files?path=/etc/passwd', undefined],
  ])('is not changed by a person: %s %s', async (verb, path, body) => {
    const answer = await cloud.admin.call(verb, `/v1/instances/${id}${path}`, body);
    expect(answer).toMatchObject({ status: 403, body: { reason: 'OWNED_BY_SERVICE' } });
  });

  it('shows its log and what it uses', async () => {
    const log = await fetch(`${cloud.url}/v1/instances/${id}/logs`, {
      headers: { 'x-api-key': cloud.admin.key },
    });
    expect([log.status, await log.text()]).toEqual([200, expect.stringContaining('started')]);
    expect((await cloud.admin.call('GET', `/v1/instances/${id}/stats`)).status).toBe(200);
  });

  it('is not there for another project', async () => {
    expect((await cloud.stranger.call('DELETE', `/v1/instances/${id}`)).status).toBe(404);
  });
});
