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
  ['name_prefix=c', ['c']],
  ['name_prefix=x', []],
  ['type=nano-1&label=tier%3Dfront', ['b', 'a']],
  ['type=basic-1', []],
  ['image=starter&name=a', ['a']],
  ['image=nix', []],
  ['label=tier%3Dfront&label=tier%3Dback', []],
])('filters by %s', async (query, wanted) => {
  expect(namesOf(await list(query))).toEqual(wanted);
});

it('filters by host', async () => {
  expect(namesOf(await list(`host_id=${cloud.hostId}`))).toHaveLength(5);
  expect(namesOf(await list('host_id=host_00000000000000000000000000'))).toEqual([]);
});

const violation = async (path: string) => {
  const { status, body } = await cloud.admin.call('GET', path);
  return [status, body.violations?.[0]?.field, body.violations?.[0]?.description];
};
it.each([
  ['/v1/instances?state=asleep', 'state', /provisioning, starting, running/],
  ['/v1/instances?type=huge', 'type', /nano-1, basic-1/],
  ['/v1/instances?name_prefix=A', 'name_prefix', /lower-case/],
  ['/v1/operations?state=ended', 'state', /pending, running, succeeded, failed, superseded/],
  ['/v1/operations?kind=create', 'kind', /noun\.verb/],
  ['/v1/hosts?state=up', 'state', /joining, ready, suspect, dead/],
  ['/v1/images?name_prefix=A', 'name_prefix', /lower-case/],
  ['/v1/projects?name_prefix=A', 'name_prefix', /lower-case/],
  ['/v1/hosts/x/instances?type=huge', 'type', /nano-1, basic-1/],
  ['/v1/hosts/x/instances?name_prefix=A', 'name_prefix', /lower-case/],
  ['/v1/hosts/x/instances?label=team', 'label[0]', /key=value/],
  ['/v1/ssh-keys?label=team', 'label[0]', /key=value/],
])('refuses %s, naming what there is', async (path, field, advice) => {
  expect(await violation(path)).toEqual([400, field, expect.stringMatching(advice)]);
});

it('filters operations by state, kind and resource', async () => {
  const id = idOf((await list('name=a')).instances?.[0] ?? {});
  const kinds = async (query: string) =>
    ((await cloud.admin.call('GET', `/v1/operations?${query}`)).body.operations ?? []).map((o) => o.kind);
  const [create] = (await cloud.admin.call('GET', `/v1/operations?resource=${id}`)).body.operations ?? [];
  expect(create?.kind).toEqual('instance.create');
  await cloud.admin.call('GET', `/v1/operations/${(create as { id?: string }).id}:wait`);
  expect(await kinds(`resource=${id}&kind=instance.create&state=succeeded`)).toEqual(['instance.create']);
  expect(await kinds(`resource=${id}&kind=instance.delete`)).toEqual([]);
  expect(await kinds(`resource=${id}&state=failed`)).toEqual([]);
});

it('finds operations by a name that their resource had, also when it is gone, and shows it', async () => {
  const spec = { type: 'nano-1', image: 'starter' };
  const made = await cloud.admin.call('POST', '/v1/instances', { name: 'brief', spec });
  await cloud.admin.call('PATCH', `/v1/instances/${idOf(made.body)}`, { name: 'brief-2' });
  await cloud.admin.call('DELETE', `/v1/instances/${idOf(made.body)}`);
  await cloud.admin.vanishes(`/v1/instances/${idOf(made.body)}`);
  const found = async (of: Cloud['admin'], resource: string) =>
    ((await of.call('GET', `/v1/operations?resource=${resource}`)).body.operations ?? []).map((operation) => {
      const { kind, resource_name: name } = operation as { kind?: string; resource_name?: string };
      return `${kind} ${name}`;
    });
  const all = ['instance.delete brief-2', 'instance.update brief-2', 'instance.create brief'];
  for (const resource of ['brief', 'brief-2', idOf(made.body)])
    expect(await found(cloud.admin, resource)).toEqual(all);
  expect(await found(cloud.stranger, 'brief')).toEqual([]);
});

it('filters hosts by state, name, label and whether they are cordoned', async () => {
  const { metadata } = (await cloud.admin.call('GET', `/v1/hosts/${cloud.hostId}`)).body;
  const hosts = async (query: string) =>
    ((await cloud.admin.call('GET', `/v1/hosts?${query}`)).body.hosts ?? []).map(idOf);
  const mine = [cloud.hostId];
  expect(await hosts('state=ready')).toEqual(mine);
  expect(await hosts('state=dead')).toEqual([]);
  expect(await hosts(`name=${metadata?.name}&cordoned=false`)).toEqual(mine);
  expect(await hosts(`name_prefix=${metadata?.name.slice(0, 3)}`)).toEqual(mine);
  expect(await hosts('cordoned=true')).toEqual([]);
  expect(await hosts('label=zone%3Da')).toEqual([]);
});

it('filters SSH keys by label and the beginning of their name', async () => {
  const public_key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
  await cloud.admin.call('POST', '/v1/ssh-keys', { name: 'laptop', labels: { team: 'web' }, public_key });
  const found = async (query: string) => {
    const { body } = await cloud.admin.call('GET', `/v1/ssh-keys?${query}`);
    return ((body as { ssh_keys?: Body[] }).ssh_keys ?? []).map((key) => key.metadata?.name);
  };
  expect(await found('label=team%3Dweb&name_prefix=lap')).toEqual(['laptop']);
  expect(await found('label=team%3Dops')).toEqual([]);
  expect(await found('name_prefix=desk')).toEqual([]);
});

it('filters images, API keys, projects and users by the beginning of their name', async () => {
  const { admin } = cloud;
  const found = async (path: string, collection: string) => {
    const { body } = await admin.call('GET', path);
    const all = (body as Record<string, Array<Body & { name?: string }>>)[collection] ?? [];
    return all.map((one) => one.metadata?.name ?? one.name);
  };
  await cloud.importStarter(admin, 'shop-web');
  expect(await found('/v1/images?name_prefix=shop', 'images')).toEqual(['shop-web']);
  expect(await found('/v1/images?name_prefix=start&state=ready', 'images')).toEqual(['starter']);
  await admin.call('POST', '/v1/api-keys', { name: 'shop-ci' });
  expect(await found('/v1/api-keys?name_prefix=shop', 'api_keys')).toEqual(['shop-ci']);
  expect(await found('/v1/api-keys?name_prefix=ci', 'api_keys')).toEqual([]);
  expect(await found('/v1/projects?name_prefix=fir', 'projects')).toEqual(['first']);
  expect(await found('/v1/projects?name_prefix=sec', 'projects')).toEqual([]);
  await admin.call('POST', '/v1/users:create', { email: 'ada@example.com', name: 'Ada Lovelace' });
  expect(await found('/v1/users?name_prefix=Ada', 'users')).toEqual(['Ada Lovelace']);
  expect(await found('/v1/users?name_prefix=Bob', 'users')).toEqual([]);
});

it('watches images by the beginning of their name', async () => {
  const [first] = await cloud.admin.lines('/v1/images:watch?name_prefix=start', 1);
  expect(first).toMatchObject({ result: { metadata: { name: 'starter' } } });
});

describe('the instances of a host', () => {
  const on = async (query = '', hostId = cloud.hostId) =>
    cloud.admin.call('GET', `/v1/hosts/${hostId}/instances?${query}`);

  it('are shown to administrators, of every project, without what is secret', async () => {
    await cloud.importStarter(cloud.stranger);
    const theirs = await cloud.stranger.launch('theirs', { env: { PASSWORD: 'x' }, command: ['run', 'x'] });
    await cloud.stranger.reaches(idOf(theirs), 'running');
    const { body } = await on();
    expect(namesOf(body)).toEqual(['theirs', ...[...names].reverse()]);
    expect(body.instances?.[0]).toMatchObject({
      metadata: { project_id: theirs.metadata?.project_id },
      spec: { env: { PASSWORD: '' } },
      status: { hidden_fields: ['spec.command', 'spec.env'] },
    });
    expect(JSON.stringify(body)).not.toContain('"x"');
    const first = await on('page_size=4');
    const second = await on(`page_size=4&page_token=${first.body.next_page_token}`);
    expect([...namesOf(first.body), ...namesOf(second.body)]).toEqual(namesOf(body));
    expect(second.body.next_page_token ?? '').toBe('');
    expect(namesOf((await on('state=stopped')).body)).toEqual([]);
  });

  it('are narrowed by project, name, label and type', async () => {
    const [{ metadata } = {}] = (await on('name=theirs')).body.instances ?? [];
    const found = async (query: string) => namesOf((await on(query)).body);
    expect(await found(`project_id=${metadata?.project_id}`)).toEqual(['theirs']);
    expect(await found('project_id=prj_00000000000000000000000000')).toEqual([]);
    expect(await found('name=a')).toEqual(['a']);
    expect(await found('name_prefix=the&state=running&type=nano-1')).toEqual(['theirs']);
    expect(await found('type=basic-1')).toEqual([]);
    expect(await found('label=tier%3Dfront&page_size=1')).toEqual(['b']);
    expect(await found('label=tier%3Dfront')).toEqual(['b', 'a']);
  });

  it('are shown to nobody else', async () => {
    const { status } = await cloud.stranger.call('GET', `/v1/hosts/${cloud.hostId}/instances`);
    expect(status).toBe(403);
  });

  it('of a host that there is not are not found', async () => {
    expect((await on('', 'host_00000000000000000000000000')).body.reason).toBe('HOST_NOT_FOUND');
  });
});
