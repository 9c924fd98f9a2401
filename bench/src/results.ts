import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Row } from './area';

export const latest = join(__dirname, '..', 'results', 'latest.json');

/** Replaces the rows of the areas that were run and leaves those of the others. */
export function writeResults(areas: readonly string[], rows: readonly Row[], file = latest): void {
  const kept = readResults(file).filter((row) => !areas.includes(areaOf(row)));
  const all = [...kept, ...rows].sort((a, b) => a.name.localeCompare(b.name));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`);
}

function readResults(file: string): Row[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Row[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []; // the first run
    throw error;
  }
}

const areaOf = (row: Row) => row.name.split('.')[0] ?? '';
