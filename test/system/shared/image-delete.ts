import { idOf } from '../api';
import type { Body } from '../api';
import type { Cloud } from '../cloud';
import { sharedCloud } from './shared-cloud';
let cloud: Cloud;

beforeAll(async () => (cloud = await sharedCloud()));

/** More than a service has connections to its database. */
const MANY = 25;
const times = <T>(count: number, fn: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => fn(i)));

const launch = (image: Body, name: string) =>
  cloud.admin.call('POST', '/v1/instances', { name, spec: { type: 'nano-1', image: idOf(image) } });
const remove = (image: Body) => cloud.admin.call('DELETE', `/v1/images/${idOf(image)}`);

describe('an image in use', () => {
  let image: Body;
  let instance: string;
  beforeAll(async () => {
    image = await cloud.importStarter(cloud.admin, 'used');
    instance = idOf((await launch(image, 'user')).body);
    await cloud.admin.reaches(instance, 'running');
  });

  it('is not deleted, however many ask at once', async () => {
    const answers = await times(MANY, () => remove(image));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.reason}`))).toEqual(
      new Set(['400 IMAGE_IN_USE']),
    );
  });

  it('lets many change the ports of its instances at once', async () => {
    const answers = await times(MANY, (i) =>
      cloud.admin.call('PATCH', `/v1/instances/${instance}`, {
        spec: { ports: [{ container_port: 80, host_port: 21_000 + i }] },
      }),
    );
    expect(answers.map(({ status, body }) => [status, body.reason])).toEqual(
      answers.map(() => [202, undefined]),
    );
  });
});

it('a launch at the same moment as the deletion of its image is refused or keeps the image', async () => {
  const images: Body[] = [];
  for (let i = 0; i < 8; i++) images.push(await cloud.importStarter(cloud.admin, `raced-${i}`));
  const ends = await times(images.length, async (i) => {
    const image = images[i]!;
    const both = [() => launch(image, `racer-${i}`), () => remove(image)];
    const [first, second] = await Promise.all((i % 2 ? both.reverse() : both).map((start) => start()));
    const [launched, deleted] = i % 2 ? [second!, first!] : [first!, second!];
    return `${launched.body.reason ?? launched.status}, ${deleted.body.reason ?? deleted.status}`;
  });
  const refused = ['IMAGE_NOT_READY, 202', 'IMAGE_UNKNOWN, 202'];
  for (const end of ends) expect(['202, IMAGE_IN_USE', ...refused]).toContain(end);
  const orphans = await cloud.database.query(
    `select id from compute.instance where desired <> 'absent' and image_id not in
       (select id from compute.image where state = 'ready')`,
  );
  expect(orphans).toEqual([]);
});
