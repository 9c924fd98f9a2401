import { readPidFile } from '@thecloud/engines';
import { adminEmail, cliAccess, openAccount } from './account';
import { certify, reloadRenewed } from './certify';
import { type CliAccess, type CliContext, writeCliContext } from './cli-context';
import { adminOf, migrateAll } from './database';
import { type EnginePlace, enginePlaces } from './engines';
import { environments, settingNames, writeEnvironments, writeRegistryLogin } from './environments';
import { settleEpochs } from './epochs';
import { Failure } from './failure';
import {
  type FirstInstance,
  importStarterImage,
  isFirstTime,
  launchFirst,
  lookAtFirst,
  shareStarterImage,
} from './first-instance';
import { type Installation, newInstallation, readInstallation, writeInstallation } from './installation';
import { writeJoinTokens } from './join-tokens';
import { type Layout, layoutFrom } from './layout';
import { type Mode, makePlan, modes } from './plan';
import { choosePorts, type PortName, portNames } from './ports';
import { checkPorts, readPlan, runPlan, stopProcesses, waitUntilReady } from './processes';
import { runVerb, step } from './progress';
import { serviceManifests } from './services';
import { keepSettings, settingsFor } from './settings';

/** Brings the whole cloud up, from whatever state the machine is in; changes nothing that is as it should be. */
async function up(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Failure('make up must run as root', 'run: sudo make up');
  const mode = modeFrom(process.env);
  const layout = layoutFrom(process.env);
  layout.make();
  const settings = settingsFor(layout, process.env, settingNames);
  if (Object.keys(settings).length > 0)
    process.stdout.write(`  settings: ${Object.keys(settings).join(', ')} (${layout.settings})\n`);
  const installation = await settleInstallation(layout);
  const { ports } = installation;

  const { caFile, renewed } = await step('Certificates', () => certify(layout));
  const places = enginePlaces(layout, installation);
  await step('Ports', () => checkPorts(ports, claims(layout, places)));
  await step('Engines', (say) => startEngines(places, renewed, say));
  const admin = adminOf(layout, ports.postgres, caFile);
  await step('Database', (say) => migrateAll(layout, admin, say));
  await step('Epochs', () => settleEpochs(layout, ports, admin));
  await step('Services', async (say) => {
    writeEnvironments(layout, environments(layout, installation, dockerEndpoint(places)));
    writeRegistryLogin(layout, installation);
    await writeJoinTokens(layout, installation.hostId);
    const plan = makePlan(layout, mode);
    await runPlan(layout, plan);
    await waitUntilReady(layout, plan, ports, say);
  });
  keepSettings(layout, settings);
  const api = await step('Account', (say) => {
    say(adminEmail);
    return openAccount(layout, ports);
  });
  const access = cliAccess(layout, ports);
  const context = await step('CLI', async (say) => {
    const written = await writeCliContext(layout, access);
    say(`context ${written.name} ${written.outcome}`);
    return written;
  });
  const first = isFirstTime(layout);
  if (first) await step('Image starter', () => importStarterImage(api));
  await shareStarterImage(layout, api);
  const hello = await step('Instance hello', (say) => (first ? launchFirst : lookAtFirst)(layout, api, say));
  process.stdout.write(goodbye(layout, access, context, hello, first));
}

function modeFrom(env: NodeJS.ProcessEnv): Mode {
  const wanted = env.MODE || 'all-in-one';
  const mode = modes.find((known) => known === wanted);
  if (mode) return mode;
  throw new Failure(`There is no MODE=${wanted}`, `use one of: ${modes.join(', ')}`);
}

/** What was decided at the first start; other ports mean that everything starts anew. */
async function settleInstallation(layout: Layout): Promise<Installation> {
  const before = readInstallation(layout);
  const ports = choosePorts(process.env, before?.ports);
  if (before && portNames.every((name) => before.ports[name] === ports[name])) return before;
  const installation = before ? { ...before, ports } : newInstallation(ports, process.env);
  if (before) {
    await step('Stopping, for other ports', async () => {
      await stopProcesses(layout);
      await Promise.all(enginePlaces(layout, before).map(({ engine }) => engine.stop()));
    });
  }
  writeInstallation(layout, installation);
  return installation;
}

function claims(layout: Layout, places: readonly EnginePlace[]) {
  const byService: Record<string, readonly PortName[]> = {
    ...Object.fromEntries(serviceManifests.map(({ name, ports }) => [name, Object.keys(ports)])),
    gateway: ['gateway', 'gatewayGrpc', 'gatewayOps'],
    agent: ['agent', 'agentOps'],
  };
  const running = (service: string) => {
    const owner = readPlan(layout)?.processes.find(({ services }) => services.some((s) => s === service));
    return owner !== undefined && readPidFile(layout.pidFile(owner.name)) !== undefined;
  };
  return [
    ...places.map(({ engine, ports }) => ({ names: ports, isOurs: () => engine.pid() !== undefined })),
    ...Object.entries(byService).map(([service, names]) => ({ names, isOurs: () => running(service) })),
  ];
}

async function startEngines(
  places: readonly EnginePlace[],
  renewed: readonly string[],
  say: (detail: string) => void,
): Promise<void> {
  const engines = places.map(({ engine }) => engine);
  await reloadRenewed(engines, renewed);
  const waiting = new Set(engines.map(({ name }) => name));
  const outcomes = await Promise.allSettled(
    engines.map(async (engine) => {
      await engine.start();
      waiting.delete(engine.name);
      say(`waiting for ${[...waiting].join(', ')}`);
    }),
  );
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  say(engines.map(({ name }) => name).join(', '));
}

function dockerEndpoint(places: readonly EnginePlace[]): string {
  return places.find(({ engine }) => engine.name === 'docker')?.engine.endpoint ?? '';
}

function goodbye(
  layout: Layout,
  access: CliAccess,
  context: CliContext,
  hello: FirstInstance,
  isFirst: boolean,
): string {
  // Later it may have been changed.
  const password = isFirst ? `, password in ${layout.secret('admin-password')}` : '';
  const page =
    'url' in hello
      ? `  Your first instance   ${hello.url}`
      : `  Your first instance   hello ${hello.because}`;
  // The CLI's configuration is in the home of who ran this, which with sudo is root.
  const program = process.env.SUDO_USER ? 'sudo bin/cloud' : 'bin/cloud';
  const cloud = context.isCurrent ? program : `${program} --context ${context.name}`;
  return `
The cloud is up.

${page}
  API                   ${access.server}/docs
  gRPC                  ${access.grpcAddress}
  Administrator         ${adminEmail}${password}

Next:
  ${cloud} instance list
  ${cloud} instance launch second --image starter --type nano-1 --publish 8080
  ${cloud} --help
  make help
`;
}

runVerb(up);
