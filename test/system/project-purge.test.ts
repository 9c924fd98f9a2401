import { readFileSync } from 'node:fs';
import { commonV1 } from '@thecloud/api';
import { createClient, delegated } from '@thecloud/service-kit';
import { eventually, testPeer } from '@thecloud/testkit';
import { Api, idOf } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';

/** A project is deleted with what is in it, whatever dies meanwhile. */
jest.setTimeout(300_000);

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ driver: 'noop', processes: true });
});
afterAll(() => cloud?.close());

let people = 0;
/** A person, with a project that has an instance, an image and an SSH key. */
async function tenant() {
  const account = { email: `purge-${++people}@example.com`, password: 'correct horse battery' };
  await cloud.admin.call('POST', '/v1/users', account);
  const { token = '' } = (await cloud.admin.call('POST', '/v1/sessions', account)).body;
  const person = new Api(cloud.url, token);
  const project = idOf((await person.call('POST', '/v1/projects', { name: 'shop' })).body);
  const inside = { 'x-project-id': project };
  const { body: key } = await person.call('POST', '/v1/api-keys', { name: 'ci', role: 'admin' }, inside);
  const program = new Api(cloud.url, key.secret ?? '');
  const image = await cloud.importStarter(program);
  const spec = { type: 'nano-1', image: 'starter' };
  for (const name of ['web', 'db']) await program.call('POST', '/v1/instances', { name, spec });
  await program.call('POST', '/v1/ssh-keys', { name: 'laptop', public_key: PUBLIC_KEY });
  const remove = (cascade: boolean) =>
    person.call('DELETE', `/v1/projects/${project}${cascade ? '?cascade=true' : ''}`, undefined, inside);
  const isGone = async () =>
    ((await person.call('GET', '/v1/projects')).body.projects ?? []).every(
      ({ metadata }) => metadata?.id !== project,
    );
  return { person, program, project, inside, image, remove, isGone };
}

const leftIn = (project: string) =>
  cloud.database.query(
    `select id from compute.instance where project_id = $1 union all select id from compute.image where project_id = $1
     union all select id from compute.ssh_key where project_id = $1`,
    [project],
  );
const operationIn = async (project: string) =>
  (
    await cloud.database.query<{ id: string; state: string; steps: { message: string }[] }>(
      `select id, state, steps from compute.operation where kind = 'project.delete' and project_id = $1`,
      [project],
    )
  )[0];

it('only where that is asked for', async () => {
  const { remove, project } = await tenant();
  expect(await remove(false)).toMatchObject({ status: 400, body: { reason: 'PROJECT_NOT_EMPTY' } });
  expect(await leftIn(project)).toHaveLength(4);
});

it('with all that is in it; asked twice, by one operation', async () => {
  const { remove, isGone, project, program } = await tenant();
  const [first, second] = [await remove(true), await remove(true)];
  expect(first).toMatchObject({
    status: 202,
    body: { operation_id: expect.stringMatching(/^op_/) as string },
  });
  expect([202, 401, 404]).toContain(second.status);
  if (second.status === 202) expect(second.body).toEqual(first.body);
  const late = await program.call('POST', '/v1/ssh-keys', { name: 'late', public_key: PUBLIC_KEY });
  expect(['PROJECT_CLOSED', 'UNAUTHENTICATED']).toContain(late.body.reason);
  await eventually('the project is gone', isGone);
  expect(await leftIn(project)).toEqual([]);
  await eventually(
    'its operation has succeeded',
    async () => (await operationIn(project))?.state === 'succeeded',
  );
});

it('says what is in the way, and goes on when that is gone', async () => {
  const { remove, isGone, image, project } = await tenant();
  await cloud.admin.call('POST', `/v1/images/${idOf(image)}:share`);
  await remove(true);
  await eventually('it names the image', async () =>
    (await operationIn(project))?.steps.at(-1)?.message.includes('image starter is shared with all projects'),
  );
  await cloud.admin.call('POST', `/v1/images/${idOf(image)}:unshare`);
  await eventually('the project is gone', isGone);
  expect(await leftIn(project)).toEqual([]);
});

it('whenever compute is killed', async () => {
  const { remove, isGone, project } = await tenant();
  await remove(true);
  for (const left of [4, 2]) {
    await eventually(`${left} things are left`, async () => (await leftIn(project)).length <= left);
    await cloud.compute.kill();
    await cloud.compute.start();
    await cloud.compute.serving();
  }
  await eventually('the project is gone', isGone);
  expect(await leftIn(project)).toEqual([]);
});

it('a service above asks for what there is, and purges it', async () => {
  const { project } = await tenant();
  const peer = await testPeer(cloud.engines, 'orchestration');
  const client = createClient(commonV1.ProjectContentServiceClient, {
    target: `127.0.0.1:${portOfCompute()}`,
    credentials: peer.channelCredentials(),
    serverKind: 'compute',
  });
  const calls = delegated(client, { projectId: project, operationId: 'op_1', requestedBy: 'usr_1' });
  const options = { timeoutMs: 10_000 };
  const { things } = await calls.listOwned({}, options);
  expect(things.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
    'SSH key laptop',
    'image starter',
    'instance db',
    'instance web',
  ]);
  const none = await delegated(client, {
    projectId: 'prj_none',
    operationId: 'op_1',
    requestedBy: 'usr_1',
  }).listOwned({}, options);
  expect(none.things).toEqual([]);
  await eventually(
    'nothing is left',
    async () => (await calls.purgeProject({}, options)).things.length === 0,
  );
  expect(await leftIn(project)).toEqual([]);
  client.close();
});

/** Of the process, as its log says it last. */
const portOfCompute = () =>
  /"port":(\d+)/.exec(
    readFileSync(cloud.compute.logFile, 'utf8')
      .split('\n')
      .findLast((line) => line.includes('"msg":"serving"')) ?? '',
  )?.[1] ?? '';

const PUBLIC_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx0ZkGb5sVQO9C1f0m3m1o0b5m0c2xV0o1e6dWn1J3k late@example.com';
