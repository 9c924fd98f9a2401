import { enginePlaces } from './engines';
import { readInstallation } from './installation';
import { layoutFrom } from './layout';
import { stopProcesses } from './processes';
import { runVerb, step } from './progress';

/** Stops every process that `make up` started and no other; tenants' containers run on. */
async function down(): Promise<void> {
  const layout = layoutFrom(process.env);
  const installation = readInstallation(layout);
  if (!installation) {
    process.stdout.write('Nothing to stop: there is no installation here.\n');
    return;
  }
  await step('Services', async (say) => {
    const stopped = await stopProcesses(layout);
    say(stopped.length > 0 ? `stopped ${stopped.join(', ')}` : 'none ran');
  });
  await step('Engines', async (say) => {
    const engines = enginePlaces(layout, installation).map(({ engine }) => engine);
    const running = engines.filter((engine) => engine.pid() !== undefined);
    await Promise.all(running.map((engine) => engine.stop()));
    say(running.length > 0 ? `stopped ${running.map(({ name }) => name).join(', ')}` : 'none ran');
  });
  process.stdout.write('\nInstances run on; make up brings the rest back. make clean removes everything.\n');
}

runVerb(down);
