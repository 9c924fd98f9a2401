import { randomUUID } from 'node:crypto';
import { methods } from '@thecloud/api';
import { idOf } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';

jest.setTimeout(60_000);
let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ driver: 'noop' });
  await cloud.importStarter();
});
afterAll(() => cloud.close());

const request = (name: string) => ({ name, spec: { type: 'nano-1', image: 'starter' } });
const send = (name: string, key: string, body: object = request(name)) =>
  cloud.admin.call('POST', '/v1/instances', body, { 'idempotency-key': key });

it('makes one instance of five equal requests at once, and gives all five the same answer', async () => {
  const key = randomUUID();
  const answers = await Promise.all(Array.from({ length: 5 }, () => send('once', key)));
  expect(answers.map((a) => a.status)).toEqual([202, 202, 202, 202, 202]);
  expect(new Set(answers.map((a) => JSON.stringify(a.body))).size).toBe(1);
  const listed = await cloud.admin.call('GET', '/v1/instances?name=once');
  expect(listed.body.instances).toHaveLength(1);
});

it('refuses the key for another body', async () => {
  const key = randomUUID();
  await send('first', key);
  const other = await send('second', key);
  expect(other).toMatchObject({ status: 400, body: { reason: 'IDEMPOTENCY_KEY_REUSED' } });
  expect((await cloud.admin.call('GET', '/v1/instances?name=second')).body.instances).toEqual([]);
});

it('keeps keys of different projects apart', async () => {
  const key = randomUUID();
  await cloud.importStarter(cloud.stranger);
  const ours = await send('shared-key', key);
  const theirs = await cloud.stranger.call('POST', '/v1/instances', request('shared-key'), {
    'idempotency-key': key,
  });
  expect(theirs.status).toBe(202);
  expect(idOf(theirs.body)).not.toBe(idOf(ours.body));
});

it('lets a refused request be corrected under the same key', async () => {
  const key = randomUUID();
  const refused = await send('fixable', key, {
    name: 'fixable',
    spec: { type: 'nano-1', image: 'no-such-image' },
  });
  expect(refused.status).toBe(400);
  expect((await send('fixable', key)).status).toBe(202);
});

it('shows a secret again to whoever has the key, and keeps it encrypted', async () => {
  const key = randomUUID();
  const make = () => cloud.admin.call('POST', '/v1/api-keys', { name: 'ci' }, { 'idempotency-key': key });
  const [first, second] = [await make(), await make()];
  expect(first.body.secret).toMatch(/^cloud_/);
  expect(second.body.secret).toBe(first.body.secret);
});

it('deletes once, however often it is asked', async () => {
  const id = idOf(await cloud.admin.launch('short-lived'));
  await cloud.admin.reaches(id, 'running');
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => cloud.admin.call('DELETE', `/v1/instances/${id}`)),
  );
  expect(answers.every(({ status }) => status === 202 || status === 404)).toBe(true);
  await cloud.admin.vanishes(`/v1/instances/${id}`);
  const { body } = await cloud.admin.call('GET', `/v1/operations?resource=${id}`);
  expect(body.operations?.filter((o) => (o as { kind?: string }).kind === 'instance.delete')).toHaveLength(1);
});

describe('what administrators do', () => {
  /** The methods that were shown to keep their answers. */
  const shown = new Set<string>();

  /** Calls twice with one key: the second answer is the first one, and the key is refused for another resource. */
  async function once(rpc: string, path: (id: string) => string, id: string, body?: object) {
    const { verb } = methods.find((m) => m.rpc === rpc)!.http!;
    const key = { 'idempotency-key': randomUUID() };
    const call = (of: string) => cloud.admin.call(verb, path(of), body, key);
    const [first, second] = [await call(id), await call(id)];
    expect([rpc, first.status < 300]).toEqual([rpc, true]);
    expect(second.body).toEqual(first.body);
    const another = body && 'email' in body ? { email: 'another@example.com' } : body;
    const other = await cloud.admin.call(verb, path('other'), another, key);
    expect([rpc, other.body.reason]).toEqual([rpc, 'IDEMPOTENCY_KEY_REUSED']);
    shown.add(rpc);
    return first.body;
  }
  const act = (noun: string, verb: string) => (id: string) => `/v1/${noun}/${id}:${verb}`;

  it('to hosts', async () => {
    const made = (await cloud.admin.call('POST', '/v1/hosts', { name: 'repeated' })).body;
    const id = idOf((made as { host: Parameters<typeof idOf>[0] }).host);
    await once('CordonHost', act('hosts', 'cordon'), id, {});
    await once('UncordonHost', act('hosts', 'uncordon'), id, {});
    await once('DeleteHost', (of) => `/v1/hosts/${of}`, id);
  });

  it('to images', async () => {
    const id = idOf(await cloud.importStarter(cloud.admin, 'repeated'));
    await once('ShareImage', act('images', 'share'), id, {});
    await once('UnshareImage', act('images', 'unshare'), id, {});
  });

  it('to accounts', async () => {
    const email = `${randomUUID()}@example.com`;
    const made = (await once('CreateUser', () => '/v1/users:create', '', { email })) as {
      user: { id: string };
    };
    const { id } = made.user;
    await once('ResetUserPassword', act('users', 'resetPassword'), id, {});
    const heir = `${randomUUID()}@example.com`;
    await cloud.admin.call('POST', '/v1/users:create', { email: heir });
    await once('DisableUser', act('users', 'disable'), id, { hand_over_to: heir });
    await once('EnableUser', act('users', 'enable'), id, {});
    await once('GrantAdministrator', act('users', 'grantAdministrator'), id, {});
    await once('RevokeAdministrator', act('users', 'revokeAdministrator'), id, {});
    await once('DeleteUser', (of) => `/v1/users/${of}`, id);
  });

  it('is all of it', () => {
    const heeding = methods.filter((m) => m.auth.scope === 'platform' && m.repeat === 'keyed');
    expect(new Set(heeding.map((m) => m.rpc))).toEqual(shown);
  });
});
