import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventTypes, newId } from '@thecloud/kernel';
import { idOf } from './api';
import type { Body } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';
import { Stream } from './json-lines';

const ADMIN = 'admin@example.com';
/** A registry that has no image, so that each import from it fails for good. */
const empty = createServer((_, response) => response.writeHead(404).end());
const nothing = () => `127.0.0.1:${(empty.address() as AddressInfo).port}/nothing:${randomUUID()}`;
/** They belong to a project that is not yet, or no longer, the caller's. */
const ofAnotherProject = ['thecloud.project.created', 'thecloud.project.deleted'];

jest.setTimeout(120_000);
let cloud: Cloud;

interface Event {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly projectid?: string;
  readonly data: { readonly id: string; readonly state?: string; readonly version?: number };
}

beforeAll(async () => {
  await new Promise<void>((listens) => empty.listen(0, '127.0.0.1', listens));
  cloud = await startCloud({ driver: 'noop', egressAllow: `http://${nothing().split('/')[0]}` });
  await cloud.importStarter();
});
afterAll(() => cloud.close());
afterAll(() => empty.close());

const events = (query = '', api = cloud.admin) => Stream.open<Event>(api, `/v1/events${query}`);
const stateOf = (event: Event) => event.data.state;
const isState = (id: string, state: string) => (event: Event) =>
  event.subject === id && event.data.state === state;

/** Opens watches until one is refused. */
async function refusal(): Promise<unknown> {
  try {
    for (;;) (await events()).close();
  } catch (cause) {
    return cause;
  }
}

async function removed(id: string): Promise<void> {
  await cloud.admin.call('DELETE', `/v1/instances/${id}`);
  await cloud.admin.vanishes(`/v1/instances/${id}`);
}

it("tells an instance's life, its operations, and who comes back what he missed", async () => {
  const live = await events('?type=thecloud.instance.&type=thecloud.operation.');
  const id = idOf(await cloud.admin.launch('life'));
  const born = await live.until(isState(id, 'running'));
  expect(new Set(born.filter((e) => e.subject === id).map(stateOf))).toEqual(
    new Set(['provisioning', 'starting', 'running']),
  );
  live.close();

  await removed(id);
  const again = await events(`?type=thecloud.instance.&after=${born.at(-1)!.id}`);
  const died = await again.until(isState(id, 'deleted'));
  expect(died.map((e) => e.subject)).toEqual(died.map(() => id));
  expect(died.map(stateOf)).toEqual(expect.arrayContaining(['deleting', 'deleted']));
  const versions = [...born.filter((e) => e.subject === id), ...died].map((e) => e.data.version ?? 0);
  expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  again.close();
});

it('emits every type that is documented', async () => {
  const { admin } = cloud;
  const live = await events();
  const seen = new Set<string>();
  const awaited = Object.keys(eventTypes).filter((type) => !ofAnotherProject.includes(type));
  const all = live.until(({ type }) => seen.add(type).size === awaited.length);

  await removed(idOf(await admin.launch('typed')));
  await admin.call('POST', `/v1/hosts/${cloud.hostId}:cordon`, {});
  await admin.call('POST', `/v1/hosts/${cloud.hostId}:uncordon`, {});
  await admin.call('POST', '/v1/images', { name: 'missing', spec: { source: nothing() } });
  const ssh = idOf((await admin.call('POST', '/v1/ssh-keys', { name: 'a', public_key: publicKey() })).body);
  await admin.call('PATCH', `/v1/ssh-keys/${ssh}`, { name: 'b' });
  await admin.call('DELETE', `/v1/ssh-keys/${ssh}`);
  const key = idOf((await admin.call('POST', '/v1/api-keys', { name: 'typed', role: 'viewer' })).body);
  await admin.call('DELETE', `/v1/api-keys/${key}`);
  const email = `${randomUUID()}@example.com`;
  const password = randomUUID();
  const { body: user } = await admin.call('POST', '/v1/users', { email, password });
  await admin.call('POST', '/v1/members', { email, role: 'viewer' });
  const { id } = user as { id: string };
  await admin.call('PATCH', `/v1/members/${id}`, { role: 'developer' });
  await admin.call('DELETE', `/v1/members/${id}`);
  const { body: session } = await admin.call('POST', '/v1/sessions', { email, password });
  const change = { old_password: password, new_password: randomUUID() };
  await cloud.as(session.token ?? '').call('POST', '/v1/users/me:changePassword', change);
  await admin.call('POST', `/v1/users/${id}:disable`, { hand_over_to: ADMIN });
  for (const verb of ['enable', 'grantAdministrator', 'revokeAdministrator', 'resetPassword'])
    await admin.call('POST', `/v1/users/${id}:${verb}`, {});
  await admin.call('DELETE', `/v1/users/${id}`);
  const project = (await admin.call('GET', '/v1/images')).body.images?.[0]?.metadata?.['project_id'];
  await admin.call('PATCH', `/v1/projects/${String(project)}`, { labels: { typed: 'yes' } });

  for (const event of await all) expect(Object.keys(eventTypes)).toContain(event.type);
  live.close();
});

it("shows a stranger nothing of the first project, and nothing of hosts; another's event id answers as a missing one", async () => {
  const [mine, theirs] = [await events(), await events('', cloud.stranger)];
  const id = idOf(await cloud.admin.launch('hidden'));
  const seen = await mine.until(isState(id, 'running'));
  await cloud.admin.call('POST', `/v1/hosts/${cloud.hostId}:cordon`, {});
  await cloud.admin.call('POST', `/v1/hosts/${cloud.hostId}:uncordon`, {});
  const host = (await mine.until((e) => e.type === 'thecloud.host.changed')).at(-1)!;
  const own = idOf((await cloud.stranger.call('POST', '/v1/api-keys', { name: 'own', role: 'viewer' })).body);
  expect((await theirs.take(1)).map((e) => e.subject)).toEqual([own]);
  for (const after of [seen[0]!.id, host.id, newId('event')])
    await expect(events(`?after=${after}`, cloud.stranger)).rejects.toMatchObject({
      status: 400,
      reason: 'EVENTS_EXPIRED',
    });
  mine.close();
  theirs.close();
  await removed(id);
});

it('goes on while NATS is killed: writes are taken, and their events come later, each once', async () => {
  const live = await events('?type=thecloud.instance.');
  const before = idOf(await cloud.admin.launch('before'));
  const seen = await live.until(isState(before, 'running'));

  process.kill(cloud.engines.nats.pid()!, 'SIGKILL');
  const during = idOf(await cloud.admin.launch('during'));
  await cloud.admin.reaches(during, 'running');
  await removed(before);
  await expect(refusal()).resolves.toMatchObject({ status: 503, reason: 'UNAVAILABLE' });
  await cloud.engines.nats.start();
  const after = idOf(await cloud.admin.launch('after'));

  const missed = await live.until(isState(after, 'running'));
  for (const id of [during, after]) expect(missed.some(isState(id, 'running'))).toBe(true);
  expect(missed.some(isState(before, 'deleted'))).toBe(true);
  const resumed = await events(`?type=thecloud.instance.&after=${seen.at(-1)!.id}`);
  expect((await resumed.take(missed.length)).map((e) => e.id)).toEqual(missed.map((e) => e.id));
  expect(new Set(missed.map((e) => e.id)).size).toBe(missed.length);
  live.close();
  resumed.close();
  await removed(during);
  await removed(after);
});

it('watches resources: as they are, then as they change, and what is gone', async () => {
  const { admin } = cloud;
  const first = await admin.launch('watched', {});
  await admin.reaches(idOf(first), 'running');
  const all = await Stream.open<Body>(admin, '/v1/instances:watch?name=watched');
  const one = await Stream.open<Body>(admin, `/v1/instances/${idOf(first)}:watch`);
  const strange = await Stream.open<Body>(cloud.stranger, '/v1/instances:watch');
  for (const stream of [all, one])
    expect((await stream.take(1))[0]).toMatchObject({ status: { state: 'running' } });
  await admin.call('POST', `/v1/instances/${idOf(first)}:stop`, {});
  const operations = await Stream.open<Body & { resource_id: string }>(
    admin,
    `/v1/operations:watch?resource=${idOf(first)}`,
  );
  for (const stream of [all, one]) await stream.until(({ status }) => status?.state === 'stopped');
  await admin.call('DELETE', `/v1/instances/${idOf(first)}`);
  for (const stream of [all, one]) await stream.until(({ status }) => status?.state === 'deleted');
  await expect(one.take(1)).rejects.toThrow('the stream has ended');
  await operations.until(({ state, resource_id }) => state === 'succeeded' && resource_id === idOf(first));
  await cloud.importStarter(cloud.stranger);
  await cloud.stranger.launch('own');
  expect((await strange.take(1))[0]).toMatchObject({ metadata: { name: 'own' } });
  for (const stream of [all, strange, operations]) stream.close();
});

it('watches images, and hosts for administrators', async () => {
  const images = await Stream.open<Body>(cloud.admin, '/v1/images:watch');
  expect((await images.until(({ metadata }) => metadata?.name === 'starter')).at(-1)).toMatchObject({
    status: { state: 'ready' },
  });
  const wanted = { name: 'nowhere', spec: { source: nothing() } };
  const { body: image } = await cloud.admin.call('POST', '/v1/images', wanted);
  await images.until(({ metadata, status }) => metadata?.id === idOf(image) && status?.state === 'failed');
  await cloud.admin.call('DELETE', `/v1/images/${idOf(image)}`);
  await images.until(({ metadata, status }) => metadata?.id === idOf(image) && status?.state === 'deleted');

  const hosts = await Stream.open<Body>(cloud.admin, '/v1/hosts:watch');
  const host = await Stream.open<Body>(cloud.admin, `/v1/hosts/${cloud.hostId}:watch`);
  await cloud.admin.call('POST', `/v1/hosts/${cloud.hostId}:cordon`, {});
  for (const stream of [hosts, host])
    await stream.until(({ metadata, spec }) => metadata?.id === cloud.hostId && spec?.['cordoned'] === true);
  await cloud.admin.call('POST', `/v1/hosts/${cloud.hostId}:uncordon`, {});
  for (const stream of [images, hosts, host]) stream.close();
});

function publicKey(): string {
  const dir = mkdtempSync(join(tmpdir(), 'key-'));
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, 'key')]);
  const text = readFileSync(join(dir, 'key.pub'), 'utf8').trim();
  rmSync(dir, { recursive: true });
  return text;
}
