import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Area, OpenArea } from './area';
import { startCloud } from './cloud';
import { footprint, nodesOf } from './idle/footprint';
import { Helper } from './processes';
import { median } from './statistics';

const SECONDS = 20;
/** What starting left behind is done by then. */
const SETTLE_MS = 20_000;

/** What all of ours takes when nobody asks anything: control plane in one process, agent, watchdog, supervisor; no engines. */
export const idle: Area = { name: 'idle', open };

async function open(): Promise<OpenArea> {
  const cloud = await startCloud({ MODE: 'all-in-one' });
  const bare = new Helper(join(__dirname, 'idle/peer.js'), { NODE_ENV: 'production' });
  const close = async () => {
    await bare.end();
    await cloud.close();
  };
  try {
    const { pid } = await bare.ask<{ pid: number }>(cloud.postgres);
    const ours = nodesOf(cloud.layout.home);
    await sleep(SETTLE_MS);
    return {
      close,
      measurements: [
        {
          rows: [
            { name: 'idle', series: 'cpu', of: median, unit: '% of a core', better: 'lower' },
            { name: 'idle.memory', series: 'memory', of: median, unit: 'MiB', better: 'lower' },
          ],
          rounds: 3,
          warmUps: 0,
          ours: () => footprint(ours, SECONDS),
          peer: () => footprint([pid], SECONDS),
        },
      ],
    };
  } catch (error) {
    await close();
    throw error;
  }
}
