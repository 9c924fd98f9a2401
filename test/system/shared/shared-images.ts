import { newId } from '@thecloud/kernel';
import { idOf } from '../api';
import type { Body, Api } from '../api';
import type { Cloud } from '../cloud';
import { Stream } from '../json-lines';
import { sharedCloud } from './shared-cloud';
let cloud: Cloud;
let image: Body;

beforeAll(async () => {
  cloud = await sharedCloud();
  image = await cloud.importStarter();
});

const share = (api: Api, verb: 'share' | 'unshare', of = image) =>
  api.call('POST', `/v1/images/${idOf(of)}:${verb}`, {});
const namesOf = async (api: Api, query = '') =>
  ((await api.call('GET', `/v1/images${query}`)).body.images ?? []).map(({ metadata }) => metadata?.name);
const launch = (api: Api, name: string, of: string) =>
  api.call('POST', '/v1/instances', { name, spec: { type: 'nano-1', image: of } });

it('is the operator who shares', async () => {
  expect(await share(cloud.stranger, 'share')).toMatchObject({
    status: 403,
    body: { reason: 'ADMINISTRATOR_REQUIRED' },
  });
  expect(
    (await share(cloud.admin, 'share', { metadata: { ...image.metadata!, id: newId('image') } })).status,
  ).toBe(404);
  expect(await namesOf(cloud.stranger)).toEqual([]);
  expect((await launch(cloud.stranger, 'early', idOf(image))).body.reason).toBe('IMAGE_UNKNOWN');
});

it('lets every project list, show, watch and launch, by name and by id, and change nothing', async () => {
  expect(await share(cloud.admin, 'share')).toMatchObject({
    status: 200,
    body: { status: { shared: true } },
  });
  expect((await share(cloud.admin, 'share')).status).toBe(200);
  expect(await namesOf(cloud.stranger)).toEqual(['starter']);
  expect(await namesOf(cloud.stranger, '?shared=true&state=ready&name=starter')).toEqual(['starter']);
  const path = `/v1/images/${idOf(image)}`;
  expect(await cloud.stranger.call('GET', path)).toMatchObject({
    status: 200,
    body: { status: { shared: true } },
  });
  for (const [name, of] of [
    ['by-name', 'starter'],
    ['by-id', idOf(image)],
  ] as const) {
    const { status, body } = await launch(cloud.stranger, name, of);
    expect(status).toBe(202);
    await cloud.stranger.reaches(idOf(body), 'running');
  }
  expect(await cloud.stranger.call('DELETE', path)).toMatchObject({
    status: 400,
    body: { reason: 'IMAGE_SHARED' },
  });
  expect((await share(cloud.stranger, 'unshare')).status).toBe(403);
  // The policy itself: a tenant's transaction sees it, and can neither change nor take it.
  const [row] = await cloud.database.query<{ shared: boolean }>(
    'select shared from compute.image where id = $1',
    [idOf(image)],
  );
  expect(row).toEqual({ shared: true });
});

it('is there in a project that is made afterwards', async () => {
  const account = { email: 'newcomer@example.com', password: 'correct horse battery' };
  const nobody = cloud.as('');
  expect((await nobody.call('POST', '/v1/users', account)).status).toBe(201);
  const session = cloud.as((await nobody.call('POST', '/v1/sessions', account)).body.token ?? '');
  const project = idOf((await session.call('POST', '/v1/projects', { name: 'brand-new' })).body);
  const { body } = await session.call('GET', '/v1/images', undefined, { 'x-project-id': project });
  expect(body.images?.map(({ metadata }) => metadata?.name)).toEqual(['starter']);
});

it('shows other projects neither whose it is, nor its operation, nor its source: by list, get and watch', async () => {
  const source = 'registry.example/secret/path:1';
  await cloud.database.query('update compute.image set source = $1 where id = $2', [source, idOf(image)]);
  const path = `/v1/images/${idOf(image)}`;
  const mine = (await cloud.admin.call('GET', path)).body;
  expect(mine.spec).toEqual({ source });
  expect(mine.metadata).toMatchObject({ project_id: expect.stringMatching(/^prj_/) as string });
  const { project_id: owner = '', operation_id: operation = '' } = mine.metadata ?? {};

  const all = await Stream.open<Body>(cloud.stranger, '/v1/images:watch');
  const one = await Stream.open<Body>(cloud.stranger, `${path}:watch`);
  const shown = [
    (await cloud.stranger.call('GET', '/v1/images')).body.images?.[0],
    (await cloud.stranger.call('GET', path)).body,
    ...(await all.take(1)),
    ...(await one.take(1)),
  ];
  await share(cloud.admin, 'unshare');
  shown.push(...(await all.take(1)), ...(await one.take(1)));
  expect(shown.slice(-2).map((last) => last?.status?.state)).toEqual(['deleted', 'deleted']);
  await share(cloud.admin, 'share');
  shown.push(...(await all.take(1)));
  all.close();
  one.close();
  for (const one of shown) {
    expect(one?.metadata).toMatchObject({ id: idOf(image), name: 'starter' });
    for (const hidden of [owner, operation, source]) expect(JSON.stringify(one)).not.toContain(hidden);
  }
});

it("takes the project's own image of that name first", async () => {
  const own = await cloud.importStarter(cloud.stranger);
  const { body } = await launch(cloud.stranger, 'own-first', 'starter');
  expect(body.spec?.['image']).toBe(idOf(own));
  expect((await share(cloud.admin, 'share', own)).body.reason).toBe('IMAGE_SHARED_NAME_TAKEN');
  await cloud.stranger.reaches(idOf(body), 'running');
});

it('is not deleted while any project uses it, nor while it is shared', async () => {
  const path = `/v1/images/${idOf(image)}`;
  expect((await cloud.admin.call('DELETE', path)).body.reason).toBe('IMAGE_SHARED');
  expect(await share(cloud.admin, 'unshare')).toMatchObject({ status: 200, body: { status: {} } });
  expect((await cloud.stranger.call('GET', path)).status).toBe(404);
  expect((await launch(cloud.stranger, 'late', idOf(image))).body.reason).toBe('IMAGE_UNKNOWN');
  expect(await cloud.admin.call('DELETE', path)).toMatchObject({ body: { reason: 'IMAGE_IN_USE' } });

  const instances = (await cloud.stranger.call('GET', '/v1/instances')).body.instances ?? [];
  for (const one of instances) {
    expect(one.status?.state).toBe('running'); // unsharing has not touched them
    await cloud.stranger.call('DELETE', `/v1/instances/${idOf(one)}`);
    await cloud.stranger.vanishes(`/v1/instances/${idOf(one)}`);
  }
  expect((await cloud.admin.call('DELETE', path)).status).toBe(202);
  await cloud.admin.vanishes(path);
});

it('lists by state and label', async () => {
  await cloud.importStarter(cloud.admin, 'labelled&labels.app=shop');
  await cloud.importStarter(cloud.admin, 'plain');
  expect(await namesOf(cloud.admin, '?label=app%3Dshop')).toEqual(['labelled']);
  expect(await namesOf(cloud.admin, '?label=app%3Dother')).toEqual([]);
  expect(await namesOf(cloud.admin, '?state=failed')).toEqual([]);
  expect((await cloud.admin.call('GET', '/v1/images?state=odd')).status).toBe(400);
});
