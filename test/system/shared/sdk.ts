import { Cloud as Client, CloudApiError, CloudFailedError } from '@thecloud/sdk';
import type { Instance } from '@thecloud/sdk';
import type { Cloud } from '../cloud';
import { sharedCloud } from './shared-cloud';
let cloud: Cloud;
let sdk: Client;
let starter: string;

beforeAll(async () => {
  cloud = await sharedCloud();
  await cloud.importStarter();
  sdk = new Client({ url: cloud.url, apiKey: cloud.admin.key });
  starter = (await sdk.images.list({ name: 'starter' }).take(1)).items[0]!.metadata.id;
});

const spec = { type: 'nano-1', image: 'starter' };

it('lives a whole instance, and sees each of its states', async () => {
  const made = await sdk.instances.create({ name: 'web', labels: { tier: 'front' }, spec });
  const { id } = made.metadata;
  expect(made).toMatchObject({ metadata: { labels: { tier: 'front' } }, spec: { image: starter } });
  const steps: string[] = [];
  const onUpdate = ({ steps: all }: { steps: { name: string }[] }) =>
    steps.push(...all.map(({ name }) => name));
  await sdk.operations.wait(made.metadata.operation_id, { onUpdate, pollSeconds: 1 });
  expect((await sdk.instances.waitUntil(id, 'running')).status.host_id).toBe(cloud.hostId);

  const seen: string[] = [];
  const watching = (async () => {
    for await (const { status } of sdk.instances.watch(id)) seen.push(status.state);
  })();
  await sdk.instances.stop(id, { grace_seconds: 0 });
  await sdk.instances.waitUntil(id, 'stopped');
  const before = await sdk.instances.get(id);
  const changed = await sdk.instances.update(id, { name: 'shop', version: before.metadata.version });
  expect(changed.metadata.name).toBe('shop');
  await sdk.instances.delete(id);
  expect(await sdk.instances.waitUntil(id, 'deleted')).toBeUndefined();
  await watching;
  expect(seen.at(-1)).toBe('deleted');
});

it('makes one instance of two calls with one key', async () => {
  const create = () => sdk.instances.create({ name: 'once', spec }, { idempotencyKey: 'sdk-once' });
  const [a, b] = [await create(), await create()];
  expect(b.metadata.id).toBe(a.metadata.id);
});

it('pages through a list by iterating over it', async () => {
  const names = Array.from({ length: 7 }, (_, index) => `page-${index}`);
  for (const name of names) await sdk.instances.create({ name, labels: { set: 'pages' }, spec });
  const pages = sdk.instances.list({ label: ['set=pages'], page_size: 3 });
  const seen: Instance[] = [];
  for await (const instance of pages) seen.push(instance);
  expect(seen.map(({ metadata }) => metadata.name)).toEqual(names.toReversed());
  const first = await pages.page();
  expect(first.instances).toHaveLength(3);
  expect(first.next_page_token).not.toBe('');
});

it('tells what was wrong, over HTTP and before a stream', async () => {
  const refused = (await sdk.instances
    .create({ name: 'Wrong', spec: { ...spec, type: 'mega-9' } })
    .catch((error: unknown) => error)) as CloudApiError;
  expect(refused).toBeInstanceOf(CloudApiError);
  expect(refused).toMatchObject({ status: 400, reason: 'INVALID_FIELDS', violations: [{ field: 'name' }] });
  expect(refused.requestId).not.toBe('');
  expect(refused.advice).not.toBe('');

  const nobody = new Client({ url: cloud.url, apiKey: 'cloud_nobody' });
  await expect(nobody.instances.list().page()).rejects.toMatchObject({ status: 401 });
  const stranger = new Client({ url: cloud.url, apiKey: cloud.stranger.key });
  const { id } = (await sdk.instances.create({ name: 'mine', spec })).metadata;
  const watching = stranger.instances.watch(id)[Symbol.asyncIterator]();
  await expect(watching.next()).rejects.toMatchObject({ status: 404, reason: 'INSTANCE_NOT_FOUND' });
});

it('throws what a failed operation says, and what became of the instance', async () => {
  await sdk.hosts.cordon(cloud.hostId);
  const { metadata } = await sdk.instances.create({ name: 'nowhere', spec });
  const wait = sdk.operations.wait(metadata.operation_id);
  const error = (await wait.catch((thrown: unknown) => thrown)) as CloudFailedError;
  expect(error).toBeInstanceOf(CloudFailedError);
  expect(error.message).toContain('NO_CAPACITY');
  expect(error.subject).toMatchObject({ state: 'failed', error: { reason: 'NO_CAPACITY' } });
  await expect(sdk.instances.waitUntil(metadata.id, 'running')).rejects.toThrow(
    /^nowhere is failed: NO_CAPACITY/,
  );
  await sdk.hosts.uncordon(cloud.hostId);
});
