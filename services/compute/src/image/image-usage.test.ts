import { createLogger, Database } from '@thecloud/service-kit';
import { computeDatabase } from '../fixtures/compute-database';
import type { ComputeDatabase } from '../fixtures/compute-database';
import { refuseLarge } from './image-quota';
import { imageUsageRepo } from './image-usage.repo';
import type { ImageOwner } from './image-usage.repo';
import { imageRepo } from './image.repo';
import type { ImageRow } from './image.schema';

const MIB = 1024n * 1024n;
let fixture: ComputeDatabase;
/** As the service has it: bound by row-level security. */
let db: Database;
beforeAll(async () => {
  fixture = await computeDatabase();
  const { url, password, ca } = fixture.database;
  db = new Database({ url, password, ca, log: createLogger({ service: 'test', level: 'silent' }) });
});
afterAll(async () => {
  await db.close();
  await fixture.close();
});

let images = 0;
const rowOf = (owner: ImageOwner, mib: bigint, change: Partial<ImageRow> = {}) => {
  const id = `img_${(images += 1)}`;
  return { id, name: id, labels: {}, state: 'ready' as const, operationId: '', sizeBytes: mib * MIB, ...owner, ...change };
}; // prettier-ignore
const used = (owner: ImageOwner) =>
  db.read({ projectId: owner.projectId }, (tx) => imageUsageRepo.of(tx, owner));

it("counts a person's images in all projects, and shows none of them", async () => {
  const [here, there] = [{ projectId: 'prj_a', personId: 'usr_1' }, { projectId: 'prj_b', personId: 'usr_1' }];
  const another = { projectId: 'prj_a', personId: 'usr_2' };
  for (const row of [rowOf(here, 1n), rowOf(there, 2n), rowOf(another, 4n), rowOf(here, 8n, { state: 'deleting' })])
    await db.write({ projectId: row.projectId }, (tx) => imageRepo.insert(tx, row));
  expect(await used(here)).toEqual({ images: 2, bytes: 13n * MIB, personBytes: 11n * MIB });
  expect(await used(there)).toEqual({ images: 1, bytes: 2n * MIB, personBytes: 11n * MIB });
  const seen = await db.write({ projectId: 'prj_b' }, async (tx) => {
    await imageUsageRepo.of(tx, there);
    return imageRepo.findAll(tx, ['img_1', 'img_2', 'img_3', 'img_4']);
  });
  expect(seen.map(({ projectId }) => projectId)).toEqual(['prj_b']);
}); // prettier-ignore

it('counts what was deleted until it is freed, once', async () => {
  const owner = { projectId: 'prj_c', personId: 'usr_3' };
  const row = rowOf(owner, 5n);
  for (const _ of [1, 2]) await db.write({ projectId: 'prj_c' }, (tx) => imageUsageRepo.noteDeleted(tx, row));
  const counted = { images: 0, bytes: 5n * MIB, personBytes: 5n * MIB };
  expect(await used(owner)).toEqual(counted);
  const forget = (before: number) =>
    db.write('system', (tx) => imageUsageRepo.forgetDeleted(tx, new Date(before)));
  await forget(Date.now() - 3_600_000);
  expect(await used(owner)).toEqual(counted);
  await forget(Date.now() + 3_600_000);
  expect(await used(owner)).toEqual({ images: 0, bytes: 0n, personBytes: 0n });
});

it('holds the bound of a person against requests in several projects at once', async () => {
  const quota = { images: 10, mib: 100, personMib: 5 };
  const add = (projectId: string) =>
    db.write({ projectId }, async (tx) => {
      const owner = { projectId, personId: 'usr_4' };
      await imageUsageRepo.lock(tx, owner);
      refuseLarge(await imageUsageRepo.of(tx, owner), quota, 2n * MIB);
      await imageRepo.insert(tx, rowOf(owner, 2n));
    });
  const ends = await Promise.allSettled(['d', 'e', 'f', 'g', 'd', 'e'].map((name) => add(`prj_${name}`)));
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  for (const end of ends)
    if (end.status === 'rejected')
      expect(end.reason).toMatchObject({ reason: 'IMAGE_STORAGE_LIMIT_OF_PERSON', code: 'RESOURCE_EXHAUSTED' });
}); // prettier-ignore
