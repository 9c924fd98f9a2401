import { setTimeout as sleep } from 'node:timers/promises';
import type { Area, OpenArea, Samples } from './area';
import { seedInstances } from './api/rows';
import { startCloud } from './cloud';
import type { BenchCloud } from './cloud';
import { newTenant } from './fairness/tenant';
import type { Tenant } from './fairness/tenant';
import { Load } from './load/load';
import { percentile } from './statistics';

const PER_SECOND = 20;
const FLOODING_CONNECTIONS = 32;
const SECONDS = 8;
/** The flood begins with all that its limit saves up for a burst. */
const REFILL_MS = 3_000;

/** What a tenant who does a little notices of another who takes all he can get, with the limits of `make up`. */
export const fairness: Area = { name: 'fairness', open };

async function open(): Promise<OpenArea> {
  const cloud = await startCloud({}, {});
  const [quiet, loud] = [new Load(), new Load()];
  const close = async () => {
    await Promise.all([quiet.close(), loud.close()]);
    await cloud.close();
  };
  try {
    const bystander = await newTenant(cloud.url);
    const flooder = await newTenant(cloud.url);
    const some = await target(cloud, bystander);
    const other = await target(cloud, flooder);
    const alone = () => quiet.run({ ...some, kind: 'steady', perSecond: PER_SECOND, seconds: SECONDS });
    const beside = async (): Promise<Samples> => {
      await sleep(REFILL_MS);
      const flooding = { ...other, connections: FLOODING_CONNECTIONS, seconds: SECONDS };
      const [told, { refused = [] }] = await Promise.all([alone(), loud.run({ ...flooding, kind: 'flood' })]);
      if (!refused.some((rate) => rate > 0))
        throw new Error('the flood was no flood: nothing of it was refused');
      return told;
    };
    return {
      close,
      measurements: [
        {
          rows: [{ name: 'fairness', series: 'latency', of: percentile(99), unit: 'ms', better: 'lower' }],
          ours: beside,
          peer: alone,
        },
      ],
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** An instance of the tenant's own, to be read. */
async function target({ url, postgres }: BenchCloud, { projectId, apiKey }: Tenant) {
  const [id] = await seedInstances(postgres, projectId, 1);
  return { url, path: `/v1/instances/${id}`, headers: { 'x-api-key': apiKey } };
}
