import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { restoreDatabase } from '@thecloud/engines';
import { DUMP_FILE, readPacked, unpack } from './archive';
import { certify } from './certify';
import { adminOf, dumpOptions, ensureDatabase, migrateAll } from './database';
import { enginePlaces } from './engines';
import { Failure } from './failure';
import { type Installation, readInstallation, restoredInstallation, writeInstallation } from './installation';
import { INSTALLATION_FILE, type Layout, layoutFrom } from './layout';
import { choosePorts } from './ports';
import { runVerb, step } from './progress';
import { takeOver } from './take-over';

/** Makes an installation from a backup; `make up` then starts it. */
async function restore(): Promise<void> {
  const layout = layoutFrom(process.env);
  const file = resolve(process.env.FROM || '');
  if (!process.env.FROM || !existsSync(file))
    throw new Failure('There is no backup to restore', 'name its file: make restore FROM=FILE');
  if (readInstallation(layout))
    throw new Failure(
      `There is an installation in ${layout.home}`,
      'make clean removes it, or THECLOUD_HOME=DIRECTORY restores beside it',
    );
  const original = JSON.parse((await readPacked(file, INSTALLATION_FILE)) ?? 'null') as Installation | null;
  if (!original) throw new Failure('This file is not a backup of a cloud', 'make backup writes one');
  layout.make();
  await step('Files', () => unpack(file, layout.home, [INSTALLATION_FILE]));
  const restored = restoredInstallation(choosePorts(process.env, original.ports), process.env);
  await fillDatabase(layout, original, restored);
  writeInstallation(layout, restored); // last: half an installation would be taken for one
  process.stdout.write(`
Restored. Start it with: make up

Containers of the original stay as they are. If it is gone for good, and they are still here, remove them first:
  docker rm --force $(docker ps --all --quiet --filter label=thecloud.host_id=${original.hostId})
`);
}

async function fillDatabase(layout: Layout, original: Installation, restored: Installation): Promise<void> {
  const { ports } = restored;
  const { caFile } = await certify(layout);
  const places = enginePlaces(layout, restored);
  const postgres = places.find(({ engine }) => engine.name === 'postgres')?.engine;
  await step('PostgreSQL', () => postgres?.start());
  const admin = adminOf(layout, ports.postgres, caFile);
  const dump = join(layout.home, DUMP_FILE);
  const work = mkdtempSync(`${layout.home}/restore-`);
  try {
    await step('Database', async (say) => {
      await ensureDatabase(admin);
      await restoreDatabase(dumpOptions(layout, ports, work), dump);
      await migrateAll(layout, admin, say);
    });
    await step('Hosts', () => takeOver(admin, original, restored));
  } finally {
    rmSync(work, { recursive: true, force: true });
    await postgres?.stop();
  }
  rmSync(dump);
}

runVerb(restore);
