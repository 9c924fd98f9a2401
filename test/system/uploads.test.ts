import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { starterImage } from '@thecloud/all-in-one';
import { bitFlips, readEach, truncations } from '@thecloud/testkit';
import { gnuTar, tarOf } from '../../services/compute/src/fixtures/layers';
import { idOf } from './api';
import type { Answer } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';

jest.setTimeout(240_000);
let cloud: Cloud;
let starter: Buffer;

beforeAll(async () => {
  cloud = await startCloud({ driver: 'noop' });
  starter = await starterImage();
});
afterAll(() => cloud.close());

const upload = (name: string, bytes: Uint8Array, key: string = randomUUID()) =>
  cloud.admin.call('POST', `/v1/images:upload?name=${name}`, bytes, {
    'content-type': 'application/x-tar',
    'idempotency-key': key,
  });

/** What the registry holds, of whatever project: a folder an image, and one for the probe whether it takes any. */
function inRegistry(): string[] {
  const found = readdirSync(cloud.engines.dir, { recursive: true, encoding: 'utf8' });
  return found.filter((path) => /repositories\/images\/(?!probe$)[^/]+$/.test(path)).sort();
}

it('refuses tarballs that were cut, and goes on', async () => {
  const cut = [
    ...truncations(starter.subarray(0, starter.length - 1024), 20),
    ...truncations(gzipSync(starter), 20),
  ];
  for (const { how, value } of await readEach(cut, (bytes) => upload('cut', bytes), 60_000)) {
    const reason = how.startsWith('cut after 0 ') ? 'MALFORMED_BODY' : 'IMAGE_ARCHIVE_INVALID';
    expect({ how, value }).toMatchObject({ value: { status: 400, body: { reason } } });
  }
  expect(inRegistry()).toEqual([]);
});

const refused = (how: string) => ({ how, status: 400, reason: 'IMAGE_ARCHIVE_INVALID' });

it('takes or refuses what has flipped bits, and goes on', async () => {
  let count = 0;
  const flipped = bitFlips(gzipSync(starter), 10, 5);
  for (const { how, value } of await readEach(
    flipped,
    (bytes) => upload(`flipped-${(count += 1)}`, bytes),
    60_000,
  )) {
    const { status, body } = value as Answer;
    // A bit of gzip's header may mean nothing.
    if (status !== 201) expect({ how, status, reason: body.reason }).toEqual(refused(how));
  }
  expect((await cloud.admin.call('GET', '/v1/images')).status).toBe(200);
});

it('takes the root file system of a web app for one, and says what hosts could not unpack', async () => {
  const web = await tarOf({ name: './manifest.json', content: '{"name":"web"}' });
  expect((await upload('web', web)).status).toBe(201);
  const refused = await upload('sparse', gnuTar('--format=gnu', '--sparse'));
  expect(refused).toMatchObject({ status: 400, body: { reason: 'IMAGE_ARCHIVE_INVALID' } });
  expect(refused.body.detail).toContain('use tar --format=posix');
  expect(JSON.stringify(refused.body)).not.toMatch(/\/spool|\/tmp|skopeo|Error:| at /);
});

describe('the bytes of an upload', () => {
  const key = randomUUID();

  it('are part of the request under an idempotency key', async () => {
    const first = await upload('keyed', starter, key);
    expect(first.status).toBe(201);
    const before = inRegistry();
    expect(await upload('keyed', starter, key)).toMatchObject({
      status: 201,
      body: { metadata: { id: idOf(first.body) } },
    });
    const other = gzipSync(starter);
    expect(await upload('keyed', other, key)).toMatchObject({ body: { reason: 'IDEMPOTENCY_KEY_REUSED' } });
    expect(await upload('other', starter, key)).toMatchObject({ body: { reason: 'IDEMPOTENCY_KEY_REUSED' } });
    expect(inRegistry()).toEqual(before);
  });

  it('are one image when they come twice at the same time', async () => {
    const twin = randomUUID();
    const [one, two] = await Promise.all([upload('twin', starter, twin), upload('twin', starter, twin)]);
    const again = await upload('twin', starter, twin);
    expect(again.status).toBe(201);
    for (const { status, body } of [one, two])
      if (status === 201) expect(idOf(body)).toBe(idOf(again.body));
      else expect(body.reason).toMatch(/REQUEST_IN_PROGRESS|IMAGE_NAME_TAKEN/);
  });

  it('are not taken for a name that is taken, or is none', async () => {
    const before = inRegistry();
    expect(await upload('keyed', starter)).toMatchObject({
      status: 409,
      body: { reason: 'IMAGE_NAME_TAKEN' },
    });
    expect(await upload('No%20Name', starter)).toMatchObject({
      status: 400,
      body: { reason: 'INVALID_FIELDS' },
    });
    expect(inRegistry()).toEqual(before);
  });
});

it('tells of a registry that is away, and of nothing else', async () => {
  await cloud.registry.stop();
  const answer = await upload('unlucky', starter);
  expect(answer).toMatchObject({ status: 503, body: { reason: 'REGISTRY_UNAVAILABLE' } });
  expect(JSON.stringify(answer.body)).not.toMatch(/skopeo|dial|127\.0\.0\.1|\/spool/);
});
