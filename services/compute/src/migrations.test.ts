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

it('keeps what waits to be published when events of a transaction begin to share a row', async () => {
  const tag = '0004_outbox_of_transactions';
  const before = migrationsBefore(tag);
  const database = await testDatabase('compute', before);
  try {
    await database.query(
      `insert into compute.outbox (id, project_id, subject, event) values ('evt_1', 'prj_1', 'events.prj_1.x', '{"id":"evt_1"}')`,
    );
    for (const statement of readFileSync(join(folder, `${tag}.sql`), 'utf8').split(
      '--> statement-breakpoint',
    ))
      await database.query(statement);
    expect(await database.query('select id, project_id, events, published_at from compute.outbox')).toEqual([
      { id: 'evt_1', project_id: 'prj_1', events: [{ id: 'evt_1' }], published_at: null },
    ]);
  } finally {
    await database.close();
    rmSync(before, { recursive: true });
  }
});
