import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testDatabase } from '@thecloud/testkit';

jest.setTimeout(60_000);
const folder = join(__dirname, '../migrations');
interface Journal {
  entries: Array<{ tag: string }>;
}

/** A copy of the migrations before the one of that name. */
function migrationsBefore(tag: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'thecloud-migrations-'));
  cpSync(folder, copy, { recursive: true });
  const file = join(copy, 'meta/_journal.json');
  const journal = JSON.parse(readFileSync(file, 'utf8')) as Journal;
  const at = journal.entries.findIndex((entry) => entry.tag === tag);
  if (at < 0) throw new Error(`there is no migration ${tag}`);
  writeFileSync(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, at) }));
  return copy;
}

/** A database as it was before that migration, with `rows` in it, then migrated. */
async function migrated(tag: string, rows: string[], look: string[]): Promise<object[][]> {
  const before = migrationsBefore(tag);
  const database = await testDatabase('compute', before);
  try {
    for (const statement of rows) await database.query(statement);
    const sql = readFileSync(join(folder, `${tag}.sql`), 'utf8');
    for (const statement of sql.split('--> statement-breakpoint')) await database.query(statement);
    return await Promise.all(look.map((statement) => database.query(statement)));
  } finally {
    await database.close();
    rmSync(before, { recursive: true });
  }
}

it('keeps what waits to be published when events of a transaction begin to share a row', async () => {
  const waiting = `insert into compute.outbox (id, project_id, subject, event) values ('evt_1', 'prj_1', 'events.prj_1.x', '{"id":"evt_1"}')`;
  const look = 'select id, project_id, events, published_at from compute.outbox';
  expect(await migrated('0004_outbox_of_transactions', [waiting], [look])).toEqual([
    [{ id: 'evt_1', project_id: 'prj_1', events: [{ id: 'evt_1' }], published_at: null }],
  ]);
});

it('gives what is placed the part of its host that it was made with, and its host as much as before', async () => {
  const instance = (id: string, type: string, host: string) =>
    `insert into compute.instance (id, project_id, name, labels, type, image_id, image_reference, command, env, ports,
       restart_policy, on_host_loss, desired, operation_id, state, host_id)
     values ('${id}', 'prj_1', '${id}', '{}', '${type}', '', '', '[]', '{}', '[]', 'always', 'keep', 'running', '', 'running', ${host})`;
  const [hosts, instances] = await migrated(
    '0009_fractional_vcpus',
    [
      `insert into compute.host (id, name, vcpus, memory_mib, allocated_vcpus, allocated_memory_mib, instance_count)
       values ('h', 'h', 8, 4096, 3, 2176, 2)`,
      instance('a', 'nano-1', `'h'`),
      instance('b', 'standard-1', `'h'`),
      instance('c', 'nano-1', 'null'),
    ],
    [
      'select cpu_millicores, allocated_cpu_millicores, allocated_memory_mib from compute.host',
      'select id, cpu_millicores, memory_mib, entrypoint from compute.instance order by id',
    ],
  );
  expect(hosts).toEqual([
    { cpu_millicores: 8_000, allocated_cpu_millicores: 3_000, allocated_memory_mib: 2176 },
  ]);
  expect(instances).toEqual([
    { id: 'a', cpu_millicores: 1_000, memory_mib: 128, entrypoint: [] },
    { id: 'b', cpu_millicores: 2_000, memory_mib: 2048, entrypoint: [] },
    { id: 'c', cpu_millicores: 250, memory_mib: 128, entrypoint: [] },
  ]);
});

it('counts the failures of an import by blame as before, where one number held them all', async () => {
  const image = (id: string, attempts: number) =>
    `insert into compute.image (id, project_id, name, labels, state, operation_id, attempts)
     values ('${id}', 'prj_1', '${id}', '{}', 'importing', 'op_1', ${attempts})`;
  const look = 'select id, failures from compute.image order by id';
  expect(await migrated('0015_image_failures', [image('a', 0), image('b', 1_020_705), image('c', 300)], [look])).toEqual([
    [
      { id: 'a', failures: {} },
      { id: 'b', failures: { own: 5, source: 7, unknown: 2, final: 1 } },
      { id: 'c', failures: { own: 0, source: 3, unknown: 0, final: 0 } },
    ],
  ]);
}); // prettier-ignore

it('leaves an address that several hosts claim to the one that was heard last', async () => {
  const host = (id: string, at: string, seen: string) =>
    `insert into compute.host (id, name, agent_endpoint, last_seen_at) values ('${id}', '${id}', '${at}', ${seen})`;
  const rows = [
    host('a', '127.0.0.1:7104', `'2026-01-02'`),
    host('b', '127.0.0.1:7104', `'2026-01-01'`),
    host('c', '127.0.0.1:7104', 'null'),
    host('d', '10.0.0.4:7104', 'null'),
    host('e', '', 'null'),
    host('f', '', 'null'),
  ];
  const look = 'select id, agent_endpoint as at from compute.host order by id';
  const at = ['127.0.0.1:7104', '', '', '10.0.0.4:7104', '', ''];
  expect(await migrated('0017_host_endpoint', rows, [look])).toEqual([
    ['a', 'b', 'c', 'd', 'e', 'f'].map((id, i) => ({ id, at: at[i] })),
  ]);
});

it('gives operations the names that their resources have now', async () => {
  const operation = (id: string, resource: string) =>
    `insert into compute.operation (id, project_id, kind, resource_id, requested_by, request_id)
     values ('${id}', 'prj_1', 'ssh-key.import', '${resource}', '', '')`;
  const key = `insert into compute.ssh_key (id, project_id, name, labels, public_key, type, fingerprint, operation_id)
     values ('ssh_1', 'prj_1', 'laptop', '{}', '', '', '', 'op_1')`;
  const look = 'select id, resource_name from compute.operation order by id';
  const rows = [key, operation('op_1', 'ssh_1'), operation('op_2', 'ssh_gone')];
  expect(await migrated('0018_operation_name', rows, [look])).toEqual([
    [
      { id: 'op_1', resource_name: 'laptop' },
      { id: 'op_2', resource_name: '' },
    ],
  ]);
});
