import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { restoreDatabase } from '@thecloud/engines';
import { DUMP_FILE, unpack } from './archive';
import { certify } from './certify';
import { adminOf, dumpOptions, ensureDatabase, migrateAll } from './database';
import { enginePlaces } from './engines';
import { Failure } from './failure';
import { readInstallation } from './installation';
import { type Layout, layoutFrom } from './layout';
import { choosePorts } from './ports';
import { runVerb, step } from './progress';

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
  layout.make();
  try {
    await step('Files', () => unpack(file, layout.home));
    await fillDatabase(layout);
  } catch (error) {
    // Half an installation would be taken for one.
    rmSync(layout.installation, { force: true });
    throw error;
  }
  process.stdout.write('\nRestored. Start it with: make up\n');
}

async function fillDatabase(layout: Layout): Promise<void> {
  const installation = readInstallation(layout);
  if (!installation) throw new Failure('This file is not a backup of a cloud', 'make backup writes one');
  const ports = choosePorts(process.env, installation.ports);
  const { caFile } = await certify(layout);
  const places = enginePlaces(layout, { ...installation, ports });
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
  } finally {
    rmSync(work, { recursive: true, force: true });
    await postgres?.stop();
  }
  rmSync(dump);
}

runVerb(restore);
