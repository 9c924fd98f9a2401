import { join } from 'node:path';
import { pgSchema } from 'drizzle-orm/pg-core';
import { agentV1, computeV1, methodByPath } from '@thecloud/api';
import { newId } from '@thecloud/kernel';
import {
  Changes,
  createLogger,
  Database,
  kitTables,
  mutateWith,
  Operations,
  PgWorkSource,
} from '@thecloud/service-kit';
import type { RequestContext, Tx } from '@thecloud/service-kit';
import { countingProxy, testDatabase } from '@thecloud/testkit';
import type { CountingProxy, TestDatabase } from '@thecloud/testkit';
import { image } from '../image/image.schema';
import { imageRepo } from '../image/image.repo';
import { createInstance } from './create-instance';
import { instanceChanged } from './instance.changes';
import { toProto } from './instance.mapping';
import type { InstanceDeps } from './instance.ports';
import { instanceRepo } from './instance.repo';
import type { SavesDeps } from './instance.saves';
import { observeInstances } from './observe-instance';
import { ShownInstances } from './shown-instances';

jest.setTimeout(60_000);
const PROJECT = 'prj_1';
const log = createLogger({ service: 'test', level: 'silent' });
const tables = kitTables(pgSchema('compute'));
const wakes = { ring: () => undefined, listen: () => () => true };
/** NATS is away. */
const bus = { subscribe: () => undefined, onConnection: () => () => true, tell: () => undefined };
const changes = new Changes('compute', tables, bus as never);
let database: TestDatabase;
let wire: CountingProxy;
let db: Database;
let deps: InstanceDeps & SavesDeps;

beforeAll(async () => {
  database = await testDatabase('compute', join(__dirname, '../../migrations'));
  const { url, password, ca } = database;
  wire = await countingProxy(Number(new URL(url).port));
  db = new Database({ url: url.replace(/:\d+\//, `:${wire.port}/`), password, ca, log, max: 1 });
  deps = {
    operations: new Operations(tables, changes),
    work: new PgWorkSource(db, tables, wakes),
    images: imageRepo,
    fleet: { largest: () => Promise.resolve(undefined), portsTaken: () => Promise.resolve([]) },
    changed: instanceChanged(changes),
    hint: () => undefined,
    imageReference: ({ id, digest }) => `registry/images/${id}@${digest}`,
  };
  await db.write({ projectId: PROJECT }, (tx) =>
    tx.insert(image).values({
      ...{ id: newId('image'), projectId: PROJECT, name: 'starter', labels: {}, state: 'ready' },
      operationId: '',
    }),
  );
});
afterAll(async () => {
  await db.close();
  wire.close();
  await database.close();
});

const ctx = (idempotencyKey: string): RequestContext => ({
  requestId: 'r1',
  method: methodByPath('/thecloud.compute.v1.InstanceService/CreateInstance')!,
  principal: {
    subject: 'key_1',
    kind: 'api_key',
    userId: 'usr_1',
    projectId: PROJECT,
    permissions: [],
    platformAdmin: false,
  },
  signal: new AbortController().signal,
  accept: () => undefined,
  idempotencyKey,
  requestHash: 'h',
  log,
});
const wish = (name: string) => ({
  ...{ name, labels: {}, type: 'nano-1', image: 'starter', entrypoint: [], command: [], env: {}, ports: [] },
  restartPolicy: 'always' as const,
  onHostLoss: 'restart' as const,
});
const create = (name: string, key = name) =>
  mutateWith(db, tables)(ctx(key), computeV1.Instance, async (tx) =>
    toProto(await createInstance(deps, tx, ctx(key), wish(name))),
  );
const read = <T>(fn: (tx: Tx) => Promise<T>) => db.read({ projectId: PROJECT }, fn);

it('creates in two round trips: the image; all rows, the answer and the commit', async () => {
  await create('first'); // what a connection does once
  expect(await wire.count(() => create('second'))).toBe(2);
  const again = await wire.count(() => create('second'));
  expect(again).toBe(4); // the image; what the key was there before, undone; the answer it had
});

it('stores what a host reports in two: the row, locked; all that follows, and the commit', async () => {
  const { metadata } = await create('seen');
  const instanceId = metadata?.id ?? '';
  await database.query('update compute.instance set host_id = $1 where id = $2', ['host_1', instanceId]);
  const report = (sequence: bigint, phase: string) =>
    db.write('system', (tx) => {
      const observed = {
        ...agentV1.ObservedInstance.fromPartial({ instanceId, generation: 1, phase, startedAt: new Date() }),
        sequence,
      };
      return observeInstances(deps, tx, [{ hostId: 'host_1', observed }]);
    });
  await report(1n, 'creating');
  expect(await wire.count(() => report(2n, 'running'))).toBe(2);
});

it('reads an instance in one, and a page of them; in two what has changed since it was last read', async () => {
  const shown = new ShownInstances(db);
  const read = async (id: string) => wire.count(() => shown.find(ctx(''), id));
  const page = () => wire.count(() => shown.list(ctx(''), {}, { size: 2, after: undefined }));
  const [before, after] = [await create('third'), await create('fourth')].map(
    (one) => one.metadata?.id ?? '',
  );
  await read(before!); // what a connection does once
  expect(await read(before!)).toBe(1);
  expect(await read(after!)).toBe(2);
  await page();
  expect(await page()).toBe(1);
  await db.write('system', (tx) => instanceRepo.countChange(tx, [after!]));
  expect(await page()).toBe(2);
});

it('says that a name is taken, though much else was sent behind it, and leaves nothing', async () => {
  await create('taken');
  const counts = () =>
    read(async (tx) => Promise.all([tx.$count(tables.operation), tx.$count(tables.outbox)]));
  const before = await counts();
  await expect(create('taken', 'another-key')).rejects.toMatchObject({ reason: 'INSTANCE_NAME_TAKEN' });
  expect(await counts()).toEqual(before);
});
