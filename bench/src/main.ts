import { cpus } from 'node:os';
import type { Area, Measured } from './area';
import { alternate } from './alternate';
import { areas } from './areas';
import { latest, writeResults } from './results';
import { table } from './table';

const say = (text: string) => void process.stdout.write(`${text}\n`);

/** Runs the areas named by B (all, if none is). A missed target is said, and is no failure; a broken run is one. */
async function main(): Promise<void> {
  const wanted = process.env.B ? process.env.B.split(',') : areas.map(({ name }) => name);
  const unknown = wanted.find((name) => !areas.some((area) => area.name === name));
  if (unknown)
    throw new Error(`there is no area ${unknown}; known are ${areas.map((a) => a.name).join(', ')}`);
  say(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`);
  for (const area of areas.filter(({ name }) => wanted.includes(name))) {
    const measured = await run(area);
    writeResults(
      [area.name],
      measured.map(({ row }) => row),
    );
    say(table(measured));
  }
  say(`Written to ${latest}`);
}

async function run(area: Area): Promise<Measured[]> {
  say(`\n${area.name}: starting what is measured`);
  const open = await area.open();
  const closing = once(() => open.close());
  const stop = () => void closing().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const measured: Measured[] = [];
    for (const measurement of open.measurements) measured.push(...(await alternate(measurement, say)));
    return measured;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await closing();
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let begun: Promise<void> | undefined;
  return () => (begun ??= work());
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`✗ ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
