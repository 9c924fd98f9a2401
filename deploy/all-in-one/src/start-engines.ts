import { enginePlaces } from './engines';
import { readInstallation } from './installation';
import { layoutFrom } from './layout';
import { runVerb } from './progress';

/** Starts the engines that the arguments name; the supervisor runs it for those that were killed. */
async function startEngines(): Promise<void> {
  const layout = layoutFrom(process.env);
  const installation = readInstallation(layout);
  if (!installation) return;
  const named = enginePlaces(layout, installation).filter(({ engine }) => process.argv.includes(engine.name));
  const outcomes = await Promise.allSettled(named.map(({ engine }) => engine.start()));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}

runVerb(startEngines);
