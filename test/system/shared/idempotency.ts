import { randomUUID } from 'node:crypto';
import { idOf } from '../api';
import type { Cloud } from '../cloud';
import { sharedCloud } from './shared-cloud';
let cloud: Cloud;
beforeAll(async () => {
  cloud = await sharedCloud();
  await cloud.importStarter();
});

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

it('gives the first answer again when the request would be refused by now', async () => {
  const key = randomUUID();
  const body = {
    name: 'with-port',
    spec: { type: 'nano-1', image: 'starter', ports: [{ container_port: 80, host_port: 23_457 }] },
  };
  const first = await send('with-port', key, body);
  await cloud.admin.reaches(idOf(first.body), 'running');
  const refused = await send('another', randomUUID(), { ...body, name: 'another' });
  expect(refused.body.reason).toBe('HOST_PORT_TAKEN');
  expect(await send('with-port', key, body)).toMatchObject({ status: 202, body: first.body });
});

it('and when the user of a new member is gone by now', async () => {
  const [key, email] = [randomUUID(), `${randomUUID()}@example.com`];
  const { user } = (await cloud.admin.call('POST', '/v1/users:create', { email })).body as {
    user?: { id: string };
  };
  const add = () =>
    cloud.admin.call('POST', '/v1/members', { email, role: 'viewer' }, { 'idempotency-key': key });
  const first = await add();
  await cloud.admin.call('POST', `/v1/users/${user?.id}:disable`, { hand_over_to: 'admin@example.com' });
  expect((await cloud.admin.call('DELETE', `/v1/users/${user?.id}`)).status).toBe(200);
  expect(await add()).toMatchObject({ status: 201, body: first.body });
});
