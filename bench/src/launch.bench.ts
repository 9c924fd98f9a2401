import { parseEnv } from 'node:util';
import { readFileSync } from 'node:fs';
import type { Area, Measurement, OpenArea, Samples } from './area';
import { startCloud } from './cloud';
import { Containers } from './launch/containers';
import { launch, remove } from './launch/instances';
import { median, percentile } from './statistics';

/** Few a round and many rounds: what else the machine does changes from second to second. */
const LAUNCHES = 5;
const ROUNDS = 20;
const AT_ONCE = 50;
const AT_ONCE_ROUNDS = 3;
/** vCPUs promised for each CPU, so that all launched at once have room. */
const OVERCOMMIT = '32';

/**
 * From POST until a watcher sees the instance run, beside create and start by the Docker Engine's API: the machine's own
 * Docker, the same containers.
 */
export const launches: Area = { name: 'launch', open };

interface Launcher {
  launch(): Promise<{ id: string; ms: number }>;
  remove(ids: readonly string[]): Promise<void>;
}

async function open(): Promise<OpenArea> {
  const cloud = await startCloud({ THECLOUD_AGENT_CPU_OVERCOMMIT: OVERCOMMIT });
  try {
    const agent = parseEnv(readFileSync(cloud.layout.environment('agent'), 'utf8'));
    const peer = new Containers(agent.THECLOUD_AGENT_DOCKER_SOCKET ?? '');
    const ours: Launcher = { launch: () => launch(cloud), remove: (ids) => remove(cloud, ids) };
    const { id } = await ours.launch();
    await peer.imitate(id);
    await ours.remove([id]);
    return { close: cloud.close, measurements: [oneByOne(ours, peer), allAtOnce(ours, peer)] };
  } catch (error) {
    await cloud.close();
    throw error;
  }
}

function oneByOne(ours: Launcher, peer: Launcher): Measurement {
  return {
    rows: [
      { name: 'launch.p50', series: 'ms', of: median, unit: 'ms', better: 'lower' },
      { name: 'launch.p99', series: 'ms', of: percentile(99), unit: 'ms', better: 'lower' },
    ],
    rounds: ROUNDS,
    ours: () => inTurn(ours),
    peer: () => inTurn(peer),
  };
}

/** The figure is until the last of them runs; one that fails ends the run. */
function allAtOnce(ours: Launcher, peer: Launcher): Measurement {
  return {
    rows: [{ name: 'launch.50', series: 'ms', of: median, unit: 'ms', better: 'lower' }],
    rounds: AT_ONCE_ROUNDS,
    ours: () => together(ours),
    peer: () => together(peer),
  };
}

async function inTurn(launcher: Launcher): Promise<Samples> {
  const ms: number[] = [];
  for (let n = 0; n < LAUNCHES; n++) {
    const launched = await launcher.launch();
    ms.push(launched.ms);
    await launcher.remove([launched.id]);
  }
  return { ms };
}

async function together(launcher: Launcher): Promise<Samples> {
  const launched = await Promise.all(Array.from({ length: AT_ONCE }, () => launcher.launch()));
  await launcher.remove(launched.map(({ id }) => id));
  return { ms: [Math.max(...launched.map(({ ms }) => ms))] };
}
