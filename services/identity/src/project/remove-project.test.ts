import { sql } from 'drizzle-orm';
import { createLogger, Database } from '@thecloud/service-kit';
import {
  eventually,
  type IdentityCaller,
  identityCaller,
  startTestIdentity,
  testEngines,
} from '@thecloud/testkit';
import type { TestEngines, TestIdentity } from '@thecloud/testkit';
import { deleteUser } from '../user/delete-user';
import { removeProject } from './remove-project';

let engines: TestEngines;
let identity: TestIdentity;
let caller: IdentityCaller;
let db: Database;
beforeAll(async () => {
  engines = await testEngines();
  identity = await startTestIdentity(engines);
  caller = await identityCaller(engines, identity);
  const { url, password, ca } = identity.database;
  db = new Database({ url, password, ca, log: createLogger({ service: 'test', level: 'silent' }) });
});
afterAll(async () => {
  await db.close();
  caller.close();
  await identity.close();
  await engines.close();
});

const waiting = async () =>
  (
    await identity.database.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
  ).length;

it('does not deadlock with the deletion of an owner who has a key there', async () => {
  const [owner, other] = [await caller.newPerson(), await caller.newPerson()];
  const inside = await caller.as(owner.session, { projectId: owner.projectId });
  await caller.projects.addMember({ email: other.email, role: 'owner' }, inside);
  const key = { name: 'ci', labels: {}, role: '', expiresAt: undefined };
  await caller.keys.createApiKey(key, inside);

  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const holding = db.write('system', async (tx) => {
    await tx.execute(sql`select from identity.api_key where user_id = ${owner.id} for update`);
    held.resolve();
    await released.promise;
  });
  await held.promise;
  const removing = db.write('system', (tx) => removeProject(tx, owner.projectId, owner.id));
  await eventually('the removal waits for the key', async () => (await waiting()) === 1);
  const deleting = db.write('system', (tx) => deleteUser(tx, owner.id, other.id, other.email));
  await eventually('the deletion waits too', async () => (await waiting()) === 2);
  released.resolve();
  const ends = await Promise.allSettled([holding, removing, deleting]);
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
});
