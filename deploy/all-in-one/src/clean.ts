import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { cliAccess } from './account';
import { removeCliContext } from './cli-context';
import { enginePlaces } from './engines';
import { Failure } from './failure';
import { readInstallation } from './installation';
import { layoutFrom } from './layout';
import { stopProcesses } from './processes';
import { runVerb, step } from './progress';
import { removeTenants } from './tenants';

/**
 * Removes the installation with everything in it, running instances included. With --ask it only asks: nobody is to
 * wait for an answer while the installation is locked.
 */
async function clean(): Promise<void> {
  const layout = layoutFrom(process.env);
  const installation = readInstallation(layout);
  const onlyAsks = process.argv.includes('--ask');
  if (!installation) {
    if (onlyAsks) return;
    rmSync(layout.home, { recursive: true, force: true });
    process.stdout.write('Nothing to remove: there is no installation here.\n');
    return;
  }
  if (process.getuid?.() !== 0) throw new Failure('make clean must run as root', 'run: sudo make clean');
  await confirm(layout.home);
  if (onlyAsks) return;
  await step('Services', () => stopProcesses(layout));
  const places = enginePlaces(layout, installation);
  const daemon = places.find(({ engine }) => engine.name === 'docker')?.engine;
  if (daemon && (await daemon.ready())) {
    const socket = daemon.endpoint.replace(/^unix:\/\//, '');
    await step('Instances', async (say) => say(await removeTenants(socket, installation)));
  }
  await step('Engines', async () => {
    for (const { engine } of places) await engine.destroy();
  });
  await step('CLI', () => removeCliContext(layout, cliAccess(layout, installation.ports)));
  await step('Data', () => rmSync(layout.home, { recursive: true, force: true }));
  process.stdout.write('\nEverything is gone, except the Debian packages and what make build made.\n');
}

async function confirm(home: string): Promise<void> {
  if (process.env.FORCE === '1') return;
  const advice = 'make clean FORCE=1 removes everything without asking';
  if (!process.stdin.isTTY)
    throw new Failure('make clean asks before it removes, and nobody can answer', advice);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(
      `Remove this cloud, its instances and all data in ${home}? [y/N] `,
    );
    if (!/^y(es)?$/i.test(answer.trim())) throw new Failure('Nothing was removed');
  } finally {
    terminal.close();
  }
}

runVerb(clean);
