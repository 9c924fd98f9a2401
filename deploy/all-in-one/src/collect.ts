import { registryOf } from './engines';
import { Failure } from './failure';
import { noteCollection } from './garbage';
import { readInstallation } from './installation';
import { layoutFrom } from './layout';
import { runVerb, step } from './progress';

/** Frees the registry's disk of deleted images now; the supervisor does it once a day. */
async function collect(): Promise<void> {
  const layout = layoutFrom(process.env);
  const installation = readInstallation(layout);
  const registry = installation && registryOf(layout, installation);
  if (registry?.pid() === undefined) throw new Failure('The registry does not run', 'run: make up');
  const interrupted = new AbortController();
  // Once: a second one ends this process, and then the supervisor opens the registry.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  await step('Registry', async (say) => {
    say('collecting its garbage; it takes no images meanwhile');
    await registry.collectGarbage(interrupted.signal);
    if (interrupted.signal.aborted)
      throw new Failure('Interrupted; the registry takes images again', 'run: make collect');
    noteCollection(layout, new Date());
    say('collected its garbage');
  });
}

runVerb(collect);
