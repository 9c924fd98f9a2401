import { idOf } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';
import { Docker } from './docker';

jest.setTimeout(120_000);
let cloud: Cloud;
let docker: Docker;
beforeAll(async () => {
  cloud = await startCloud({ driver: 'docker' });
  docker = new Docker(cloud.dockerSocket);
  await cloud.importStarter();
});
afterAll(() => cloud.close());
afterEach(async () => {
  const { body } = await cloud.admin.call('GET', '/v1/instances');
  for (const instance of body.instances ?? []) {
    await cloud.admin.call('DELETE', `/v1/instances/${idOf(instance)}`);
    await cloud.admin.vanishes(`/v1/instances/${idOf(instance)}`);
  }
});

/** The promise is 2 s; the bound is a little wider, for a machine that others use too. */
const SEEN_WITHIN_MS = 4_000;

type Policy = 'always' | 'on-failure' | 'never';
type Deed = 'kill' | 'stop' | 'remove';

async function afterDeed(policy: Policy, deed: Deed): Promise<{ id: string }> {
  const id = idOf(
    await cloud.admin.launch(`${policy}-${deed}`, { restart_policy: policy, command: ['/bin/sleep', '600'] }),
  );
  await cloud.admin.reaches(id, 'running');
  await docker[deed](id);
  return { id };
}

describe('a container ended behind our back', () => {
  it.each<[Policy, Deed]>([
    ['always', 'kill'],
    ['always', 'stop'],
    ['always', 'remove'],
    ['on-failure', 'kill'],
  ])('runs again under %s after %s', async (policy, deed) => {
    const { id } = await afterDeed(policy, deed);
    await cloud.admin.until(
      'GET',
      `/v1/instances/${id}`,
      ({ body }) => body.status?.state === 'running' && (body.status.restart_count ?? 0) >= 1,
      SEEN_WITHIN_MS + 2_000,
    );
    expect((await docker.inspect(id)).State.Running).toBe(true);
  });

  it.each<[Policy, Deed, string, string]>([
    ['never', 'kill', 'failed', 'EXITED'],
    ['never', 'remove', 'failed', 'REMOVED'],
    ['on-failure', 'remove', 'failed', 'REMOVED'],
  ])('is told under %s after %s: %s, %s', async (policy, deed, state, reason) => {
    const { id } = await afterDeed(policy, deed);
    expect((await cloud.admin.reaches(id, state, SEEN_WITHIN_MS)).status).toMatchObject({ reason });
  });

  it('starts anew when its owner wants it to', async () => {
    const { id } = await afterDeed('never', 'stop');
    await cloud.admin.until(
      'GET',
      `/v1/instances/${id}`,
      ({ body }) => body.status?.state !== 'running',
      SEEN_WITHIN_MS,
    );
    await cloud.admin.call('POST', `/v1/instances/${id}:start`);
    await cloud.admin.reaches(id, 'running');
  });
});

it('ends what has no owner on a host', async () => {
  const id = idOf(await cloud.admin.launch('orphan', { command: ['/bin/sleep', '600'] }));
  await cloud.admin.reaches(id, 'running');
  // As after a restore of an older database: the row is gone, the container is not.
  await cloud.database.query('delete from compute.instance where id = $1', [id]);
  await cloud.agent.stop();
  await cloud.agent.start();
  const giveUp = Date.now() + 30_000;
  while ((await docker.names()).includes(`thecloud-${id}`)) {
    if (Date.now() > giveUp) throw new Error('the orphan is still there');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});
