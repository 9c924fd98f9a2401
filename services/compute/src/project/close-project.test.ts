import { getTableName, sql } from 'drizzle-orm';
import { createLogger, Database } from '@thecloud/service-kit';
import { eventually } from '@thecloud/testkit';
import { computeDatabase } from '../fixtures/compute-database';
import type { ComputeDatabase } from '../fixtures/compute-database';
import { closeProject } from './close-project';
import { ownedKinds } from './owned-kinds';

let fixture: ComputeDatabase;
/** As the service has it. */
let db: Database;
beforeAll(async () => {
  fixture = await computeDatabase();
  const { url, password, ca } = fixture.database;
  const log = createLogger({ service: 'test', level: 'silent' });
  db = new Database({ url, password, ca, log, enterProject: 'compute.enter_project' });
});
afterAll(async () => {
  await db.close();
  await fixture.close();
});

let projects = 0;
const newProject = () => `prj_${++projects}`;
/** As the service has them; what would be done to purge them is shown by test/system/project-purge.test.ts. */
const kinds = ownedKinds({} as never, {} as never);
const close = (projectId: string) =>
  db.write('system', (tx) => closeProject({ ...fixture, kinds }, tx, projectId, 'usr_1'));
const insertKey = (projectId: string, name: string) => sql`
  insert into compute.ssh_key (id, project_id, name, labels, public_key, type, fingerprint, operation_id)
  values (${`ssh_${projectId}_${name}`}, ${projectId}, ${name}, '{}', '', '', ${name}, '')`;
const make = (projectId: string, name = 'a') =>
  db.write({ projectId }, (tx) => tx.execute(insertKey(projectId, name)));
const keysIn = (projectId: string) =>
  fixture.database.query('select id from compute.ssh_key where project_id = $1', [projectId]);

it('refuses a project with something in it, says what, and leaves it open', async () => {
  await fixture.addInstances(2, { projectId: 'prj_full' });
  await make('prj_full', 'laptop');
  await expect(close('prj_full')).rejects.toMatchObject({
    reason: 'PROJECT_NOT_EMPTY',
    message: expect.stringMatching(/2 instances \(ins_\w+, ins_\w+\), 1 SSH key \(laptop\)/) as string,
  });
  await make('prj_full', 'phone');
});

it('lets nothing be made in a closed project, and closes it twice', async () => {
  const projectId = newProject();
  await close(projectId);
  await close(projectId);
  await expect(make(projectId)).rejects.toMatchObject({ reason: 'PROJECT_CLOSED' });
  await expect(
    db.writeTogether({ projectId }, (tx) => tx.execute(insertKey(projectId, 'b'))),
  ).rejects.toMatchObject({
    reason: 'PROJECT_CLOSED',
  });
  expect(await keysIn(projectId)).toEqual([]);
  await make(newProject()); // others go on
});

it('waits for what is being made, and then finds it', async () => {
  const projectId = newProject();
  let commit: () => void = () => undefined;
  const committed = new Promise<void>((resolve) => (commit = resolve));
  let inserted: () => void = () => undefined;
  const insertion = new Promise<void>((resolve) => (inserted = resolve));
  const making = db.write({ projectId }, async (tx) => {
    await tx.execute(insertKey(projectId, 'slow'));
    inserted();
    await committed;
  });
  await insertion;
  const closing = close(projectId);
  closing.catch(() => undefined);
  const waiting = `select from pg_locks where locktype = 'advisory' and not granted`;
  await eventually('it waits', async () => (await fixture.database.query(waiting)).length > 0);
  commit();
  await making;
  await expect(closing).rejects.toMatchObject({ reason: 'PROJECT_NOT_EMPTY' });
});

it('leaves nothing in a project that is closed, whatever races with it', async () => {
  for (let round = 0; round < 20; round++) {
    const projectId = newProject();
    const [closed, ...made] = await Promise.allSettled([
      close(projectId),
      ...['a', 'b', 'c', 'd'].map((name) => make(projectId, name)),
    ]);
    const kept = await keysIn(projectId);
    expect(kept).toHaveLength(made.filter(({ status }) => status === 'fulfilled').length);
    if (closed?.status === 'fulfilled') expect(kept).toEqual([]);
    else expect(kept).not.toEqual([]);
  }
});

it('knows every kind of thing that a project can own', async () => {
  const rows = await fixture.database.query<{ table_name: string }>(
    `select table_name from information_schema.columns
      where table_schema = 'compute' and column_name = 'project_id' order by table_name`,
  );
  const records = ['closed_project', 'deleted_image', 'operation', 'outbox'];
  const owned = kinds.map(({ table }) => getTableName(table)).sort();
  expect(rows.map((row) => row.table_name).filter((name) => !records.includes(name))).toEqual(owned);
});
