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
  await step('Registry', async (say) => {
    say('collecting its garbage; it takes no images meanwhile');
    await registry.collectGarbage();
    noteCollection(layout, new Date());
    say('collected its garbage');
  });
}

runVerb(collect);
