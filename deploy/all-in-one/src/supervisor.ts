import { readFileSync } from 'node:fs';
import { enginePlaces, registryOf } from './engines';
import { DailyGarbageCollection } from './garbage';
import { readInstallation } from './installation';
import { KeptProcess } from './keep-alive';
import { KeptEngines } from './keep-engines';
import { layoutFrom } from './layout';
import type { Plan } from './plan';

const LOOK_EVERY_MS = 200;

/** Keeps the processes of the plan running until it is told to end, and then leaves them to whoever told it. */
async function supervise(): Promise<void> {
  const layout = layoutFrom(process.env);
  const plan = JSON.parse(readFileSync(layout.plan, 'utf8')) as Plan;
  const log = (text: string) => process.stdout.write(`${new Date().toISOString()} ${text}\n`);
  const kept = plan.processes.map((planned) => new KeptProcess(layout, planned, log));
  const installation = readInstallation(layout);
  const garbage = installation && new DailyGarbageCollection(layout, registryOf(layout, installation), log);
  const engines =
    installation &&
    new KeptEngines(
      layout,
      enginePlaces(layout, installation).map(({ engine }) => engine),
      log,
    );
  let ending = false;
  const stop = Promise.withResolvers<void>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      ending = true;
      stop.resolve();
    });
  }
  log(`keeping ${plan.processes.map((p) => p.name).join(', ')} running`);
  while (!ending) {
    const now = performance.now();
    for (const one of kept) await one.look(now);
    garbage?.look(new Date());
    engines?.look(now);
    await Promise.race([stop.promise, new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))]);
  }
  log('ending');
  await Promise.all([garbage?.close(), engines?.close()]);
  process.exit(0); // a start whose end was not waited for
}

supervise().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
