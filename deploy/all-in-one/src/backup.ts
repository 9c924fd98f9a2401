import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { dumpDatabase } from '@thecloud/engines';
import { DUMP_FILE, kept, pack } from './archive';
import { dumpOptions } from './database';
import { enginePlaces } from './engines';
import { Failure } from './failure';
import { readInstallation } from './installation';
import { layoutFrom } from './layout';
import { runVerb, step } from './progress';

/** Writes all that the control plane cannot make anew into one file, while the cloud runs. */
async function backup(): Promise<void> {
  process.umask(0o077);
  const layout = layoutFrom(process.env);
  const installation = readInstallation(layout);
  if (!installation) throw new Failure('There is no installation here', 'start one with: make up');
  const file = resolve(process.env.TO || `thecloud-${new Date().toISOString().replaceAll(':', '')}.tar`);
  if (existsSync(file)) throw new Failure(`${file} exists`, 'name another file: make backup TO=FILE');
  const database = enginePlaces(layout, installation).find(({ engine }) => engine.name === 'postgres');
  if (!(await database?.engine.ready()))
    throw new Failure('PostgreSQL does not answer', 'start it with: make up');
  const work = mkdtempSync(`${layout.home}/backup-`);
  const half = `${file}.half`;
  try {
    // The database first: images are only ever added, so each one that it names is among the files packed later.
    await step('Database', () =>
      dumpDatabase(dumpOptions(layout, installation.ports, work), `${work}/${DUMP_FILE}`).catch(noDump),
    );
    await step('Files', () =>
      pack(half, [
        { dir: work, names: [DUMP_FILE] },
        { dir: layout.home, names: kept(layout) },
      ]),
    );
    renameSync(half, file);
  } finally {
    rmSync(work, { recursive: true, force: true });
    rmSync(half, { force: true });
  }
  process.stdout.write(`
${basename(file)} holds the authority's key, passwords and all data: keep it where only you can read it.
To bring it back, on this machine or another: make restore FROM=${file}
`);
}

/** PostgreSQL ended meanwhile, or refuses: the dump is no backup. */
function noDump(error: Error): never {
  const why = error.message.split('\n', 1)[0] ?? '';
  throw new Failure(
    `The database was not copied, and no backup is written: ${why}`,
    'try again once PostgreSQL is up again: make status shows it',
    { cause: error },
  );
}

runVerb(backup);
