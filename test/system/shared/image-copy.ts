import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { newId } from '@thecloud/kernel';
import { idOf } from '../api';
import type { Body, Api } from '../api';
import type { Cloud } from '../cloud';
import { sharedCloud } from './shared-cloud';
let cloud: Cloud;
/** Of the first project. */
let original: Body;
let shop: string;

/** A user with a session and a project of their own. */
interface User {
  readonly session: Api;
  readonly email: string;
  readonly project: string;
}
let member: User;
let outsider: User;

beforeAll(async () => {
  cloud = await sharedCloud();
  original = await cloud.importStarter();
  shop = original.metadata?.project_id ?? '';
  [member, outsider] = [await newUser(), await newUser()];
  const joined = await cloud.admin.call('POST', '/v1/members', { email: member.email, role: 'viewer' });
  expect(joined.status).toBe(201);
});

async function newUser(): Promise<User> {
  const account = { email: `${randomUUID()}@example.com`, password: randomUUID() };
  const nobody = cloud.as('');
  await nobody.call('POST', '/v1/users', account);
  const session = cloud.as((await nobody.call('POST', '/v1/sessions', account)).body.token ?? '');
  const [project] = (await session.call('GET', '/v1/projects')).body.projects ?? [];
  return { session, email: account.email, project: idOf(project ?? {}) };
}

const copy = ({ session, project }: User, body: object, headers: Record<string, string> = {}) =>
  session.call('POST', '/v1/images:copy', body, { 'x-project-id': project, ...headers });
const fromShop = (name: string, id = idOf(original)) => ({ name, image_id: id, project_id: shop });

it('is made by a member of both projects, and is an image of the second', async () => {
  const { status, body } = await copy(member, { ...fromShop('copied'), labels: { app: 'shop' } });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    metadata: { name: 'copied', project_id: member.project, labels: { app: 'shop' } },
    status: { state: 'ready', digest: original.status?.digest, copied_from: idOf(original) },
  });
  expect(idOf(body)).not.toBe(idOf(original));
  expect(await copy(member, fromShop('copied'))).toMatchObject({
    status: 409,
    body: { reason: 'IMAGE_NAME_TAKEN' },
  });
});

it('is made once for one idempotency key, also when the original is gone', async () => {
  const image = await cloud.importStarter(cloud.admin, 'brief');
  const key = { 'idempotency-key': randomUUID() };
  const first = await copy(member, fromShop('once', idOf(image)), key);
  await cloud.admin.call('DELETE', `/v1/images/${idOf(image)}`);
  await cloud.admin.vanishes(`/v1/images/${idOf(image)}`);
  expect(first.status).toBe(201);
  expect((await copy(member, fromShop('once', idOf(image)), key)).body).toEqual(first.body);
});

it('is for nobody else: a foreign image answers as a missing one, a foreign project as well', async () => {
  const said = async (body: { image_id: string }) => {
    const { status, body: answer } = await copy(outsider, body);
    const plain = JSON.stringify({ status, ...answer, request_id: '' });
    return plain.replaceAll(body.image_id, '<id>');
  };
  const foreign = await said(fromShop('stolen'));
  expect(foreign).toContain('IMAGE_NOT_FOUND');
  expect(foreign).toContain('"status":404');
  expect(await said(fromShop('stolen', newId('image')))).toBe(foreign);
  expect(await said({ ...fromShop('stolen'), project_id: newId('project') } as never)).toBe(foreign);
  expect(await said({ ...fromShop('stolen'), project_id: outsider.project } as never)).toBe(foreign);
  expect(await said({ ...fromShop('stolen'), project_id: '' } as never)).toBe(foreign);
});

it('takes a session, and an image that is ready', async () => {
  expect(await cloud.stranger.call('POST', '/v1/images:copy', fromShop('keyed'))).toMatchObject({
    status: 400,
    body: { reason: 'IMAGE_COPY_NEEDS_SESSION', violations: [{ field: 'project_id' }] },
  });
  const image = await cloud.importStarter(cloud.admin, 'broken');
  await cloud.database.query("update compute.image set state = 'failed' where id = $1", [idOf(image)]);
  expect((await copy(member, fromShop('broken', idOf(image)))).body.reason).toBe('IMAGE_COPY_NOT_READY');
});

it('can be made of a shared image by anybody, with an API key too', async () => {
  await cloud.admin.call('POST', `/v1/images/${idOf(original)}:share`, {});
  const body = { name: 'own', image_id: idOf(original) };
  expect((await cloud.stranger.call('POST', '/v1/images:copy', body)).status).toBe(201);
  await cloud.admin.call('POST', `/v1/images/${idOf(original)}:unshare`, {});
});

it('launches and can be pulled whole after the original is deleted and its garbage collected', async () => {
  const { body: image } = await copy(member, fromShop('survivor'));
  await cloud.admin.call('DELETE', `/v1/images/${idOf(original)}`);
  await cloud.admin.vanishes(`/v1/images/${idOf(original)}`);
  await cloud.registry.collectGarbage();
  const from = `docker://${cloud.registryAddress}/images/${idOf(image)}@${image.status?.digest}`;
  const login = ['--src-tls-verify=false', '--src-creds', `thecloud:${cloud.registryPassword}`];
  const to = `dir:${cloud.engines.dir}/pulled`;
  await promisify(execFile)('skopeo', ['--insecure-policy', 'copy', '-q', ...login, from, to]);
  const own = { 'x-project-id': member.project };
  const spec = { type: 'nano-1', image: 'survivor' };
  const launched = await member.session.call('POST', '/v1/instances', { name: 'from-copy', spec }, own);
  const path = `/v1/instances/${idOf(launched.body)}`;
  const isRunning = ({ body }: { body: Body }) => body.status?.state === 'running';
  await member.session.until('GET', path, isRunning, 30_000, undefined, own);
});
