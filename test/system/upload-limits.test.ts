import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { credentials, Metadata } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { starterImage } from '@thecloud/all-in-one';
import { computeV1 } from '@thecloud/api';
import { eventually } from '@thecloud/testkit';
import { tarOf } from '../../services/compute/src/fixtures/layers';
import { idOf } from './api';
import type { Answer, Body, Api } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';

jest.setTimeout(120_000);
const IMAGES = 3;
let cloud: Cloud;
/** A registry that accepts every request and answers none. */
const silent = createServer((asked) => void asksOf.push(asked.url ?? ''));
const asksOf: string[] = [];
let source: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  source = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  cloud = await startCloud({
    driver: 'noop',
    replicas: 1, // each counts for itself
    egressAllow: `http://${source}`,
    compute: {
      THECLOUD_IMAGE_RECEPTIONS_AT_ONCE: 8, // 2 of one person
      THECLOUD_IMAGE_UPLOAD_IDLE_SECONDS: 15,
      THECLOUD_IMAGES_OF_PROJECT: IMAGES,
      THECLOUD_IMAGE_STORAGE_MIB_OF_PROJECT: 2,
      THECLOUD_IMAGE_STORAGE_MIB_OF_PERSON: 3,
    },
  });
});
afterAll(async () => {
  silent.close();
  silent.closeAllConnections();
  await cloud.close();
});

/** An account with two projects, and a key in each. */
async function newPerson(): Promise<[Api, Api]> {
  const account = { email: `${randomUUID()}@example.com`, password: randomUUID() };
  const nobody = cloud.as('');
  await nobody.call('POST', '/v1/users', account);
  const session = cloud.as((await nobody.call('POST', '/v1/sessions', account)).body.token ?? '');
  await session.call('POST', '/v1/projects', { name: `second-${randomUUID()}` });
  const { projects = [] } = (await session.call('GET', '/v1/projects')).body;
  const [one, two] = await Promise.all(
    projects.map(async (project) => {
      const inIt = { 'x-project-id': idOf(project) };
      const made = await session.call('POST', '/v1/api-keys', { name: 'test', role: 'owner' }, inIt);
      return cloud.as(made.body.secret ?? '');
    }),
  );
  return [one!, two!];
}

/** An upload whose body is sent by the test. */
function open(api: Api, name: string) {
  const headers = { 'x-api-key': api.key, 'content-type': 'application/x-tar' };
  const sent = request(`${cloud.url}/v1/images:upload?name=${name}`, { method: 'POST', headers });
  sent.flushHeaders();
  const answer = new Promise<Pick<Answer, 'status' | 'body'>>((resolve, reject) => {
    sent.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          body: JSON.parse(Buffer.concat(parts).toString()) as Body,
        });
      });
    });
    sent.on('error', reject);
  });
  return { sent, answer };
}

const spooled = () => readdirSync(cloud.compute.spoolDir, { recursive: true, encoding: 'utf8' });
/** Uploads of which bytes are kept. */
const arriving = (count: number) =>
  eventually(`${count} uploads under way`, () => {
    const files = spooled().filter((path) => path.endsWith('/upload'));
    return files.filter((path) => (statSync(`${cloud.compute.spoolDir}/${path}`, { throwIfNoEntry: false })?.size ?? 0) > 0).length === count;
  }); // prettier-ignore
const tooSlow = { status: 408, body: { reason: 'IMAGE_UPLOAD_TOO_SLOW' } };

it('counts uploads of a person in all projects, and ends those that stall or trickle', async () => {
  const [first, second] = await newPerson();
  const stalled = open(first, 'stalled');
  stalled.sent.write(Buffer.alloc(512));
  const trickle = open(second, 'trickle');
  const drops = setInterval(() => trickle.sent.write(Buffer.alloc(1)), 100);
  try {
    await arriving(2);
    for (const api of [first, second]) {
      const refused = await api.upload('/v1/images:upload?name=third', await starterImage());
      expect(refused).toMatchObject({ status: 429, body: { reason: 'IMAGE_UPLOADS_BUSY' } });
    }
    expect((await cloud.importStarter(cloud.stranger)).status?.state).toBe('ready');
    expect(await stalled.answer).toMatchObject(tooSlow);
    expect(await trickle.answer).toMatchObject(tooSlow);
  } finally {
    clearInterval(drops);
    for (const { sent } of [stalled, trickle]) sent.destroy();
  }
  await arriving(0);
});

it('ends uploads that stall over gRPC too', async () => {
  const [api] = await newPerson();
  const client = new computeV1.ImageServiceClient(cloud.grpcAddress, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('x-api-key', api.key);
  const error = await new Promise<ServiceError | null>((resolve) => {
    const call = client.uploadImage(metadata, (failure) => resolve(failure));
    call.on('error', () => undefined);
    call.write(computeV1.UploadImageRequest.fromPartial({ name: 'stalled', chunk: Buffer.alloc(512) }));
  });
  client.close();
  expect(error?.details).toContain('The upload came too slowly');
  await arriving(0);
});

it('leaves half of the imports to others, whatever projects one person has', async () => {
  const greedy = await newPerson();
  const [modest] = await newPerson();
  const begin = async (api: Api, repository: string) =>
    expect(await api.call('POST', '/v1/images', { name: repository, spec: { source: `${source}/${repository}:1` } })).toMatchObject({ status: 202 });
  const fetched = (repository: string) => asksOf.some((url) => url.includes(repository));
  for (const name of ['greedy-1', 'greedy-2']) await begin(greedy[0], name);
  for (const name of ['greedy-3', 'greedy-4']) await begin(greedy[1], name);
  await eventually('two of them begin', () => fetched('greedy-1') && fetched('greedy-2'));
  for (const name of ['modest-1', 'modest-2']) await begin(modest, name);
  await eventually('those of another person begin', () => fetched('modest-1') && fetched('modest-2'));
  expect([fetched('greedy-3'), fetched('greedy-4')]).toEqual([false, false]);
}); // prettier-ignore

it('bounds the images of a project in number, however many come at once', async () => {
  const [api, other] = await newPerson();
  const create = (name: string, of = api) => of.call('POST', '/v1/images', { name, spec: { source: `${source}/${name}:1` } });
  const answers = await Promise.all(Array.from({ length: 2 * IMAGES }, (_, i) => create(`many-${i}`)));
  const made = answers.filter(({ status }) => status === 202);
  expect(made).toHaveLength(IMAGES);
  const full = { status: 429, body: { reason: 'IMAGE_LIMIT', detail: expect.stringContaining('THECLOUD_IMAGES_OF_PROJECT') as string } };
  for (const answer of answers.filter(({ status }) => status !== 202)) expect(answer).toMatchObject(full);
  const refused = open(api, 'another'); // before its body is sent
  expect(await refused.answer).toMatchObject(full);
  refused.sent.destroy();
  expect((await create('elsewhere', other)).status).toBe(202);
  await api.call('DELETE', `/v1/images/${idOf(made[0]!.body)}`);
  expect((await create('in-its-place')).status).toBe(202);
}); // prettier-ignore

it('bounds the images of a project in size', async () => {
  const [api] = await newPerson();
  const large = await tarOf({ name: 'random', content: randomBytes(900_000).toString('base64') });
  expect((await api.upload('/v1/images:upload?name=first', large)).status).toBe(201);
  const full = { status: 429, body: { reason: 'IMAGE_STORAGE_LIMIT' } };
  expect(await api.upload('/v1/images:upload?name=second', await tarOf({ name: 'random', content: randomBytes(1_500_000).toString('base64') }))).toMatchObject(full);
  const { images = [] } = (await api.call('GET', '/v1/images')).body;
  expect(images.map(({ metadata }) => metadata?.name)).toEqual(['first']);
}); // prettier-ignore

it('bounds the images of a person in all projects, and counts deleted ones until their bytes are freed', async () => {
  const [one, two] = await newPerson();
  const upload = async (api: Api, name: string, bytes = 1_200_000) =>
    api.upload(`/v1/images:upload?name=${name}`, await tarOf({ name: 'random', content: randomBytes(bytes).toString('base64') }));
  const first = await upload(one, 'first');
  expect([first.status, (await upload(two, 'second')).status]).toEqual([201, 201]);
  const full = { status: 429, body: { reason: 'IMAGE_STORAGE_LIMIT_OF_PERSON', detail: expect.stringContaining('THECLOUD_IMAGE_STORAGE_MIB_OF_PERSON') as string } };
  expect(await upload(two, 'third', 820_000)).toMatchObject(full);
  await one.call('DELETE', `/v1/images/${idOf(first.body)}`);
  await eventually('it is gone', async () => (await one.call('GET', `/v1/images/${idOf(first.body)}`)).status === 404);
  expect(await upload(one, 'again')).toMatchObject({ status: 429, body: { reason: 'IMAGE_STORAGE_LIMIT' } });
  expect(await upload(two, 'third', 820_000)).toMatchObject(full);
  expect((await one.call('GET', '/v1/images')).body.images ?? []).toEqual([]);
  await cloud.database.query(`update compute.deleted_image set deleted_at = now() - interval '26 hours'`);
  await cloud.database.query(`update compute.work set due_at = now() where controller = 'image-sweep'`);
  await eventually('its bytes are freed', async () => (await upload(one, 'again')).status === 201);
}); // prettier-ignore

it('asks the registry before it takes bytes, and waits for one that restarts after that', async () => {
  const [api, other] = await newPerson();
  const tarball = await starterImage();
  const patient = open(other, 'patient');
  patient.sent.write(tarball.subarray(0, tarball.length / 2));
  await arriving(1);
  await cloud.registry.stop();
  const early = open(api, 'early');
  early.sent.write(Buffer.alloc(512));
  expect(await early.answer).toMatchObject({ status: 503, body: { reason: 'REGISTRY_UNAVAILABLE' } });
  early.sent.destroy();
  patient.sent.end(tarball.subarray(tarball.length / 2));
  await eventually('it is unpacked', () => spooled().some((path) => path.endsWith('layout/index.json')));
  await cloud.registry.start();
  expect(await patient.answer).toMatchObject({ status: 201, body: { status: { state: 'ready' } } });
});
