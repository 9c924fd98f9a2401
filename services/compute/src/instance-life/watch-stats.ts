import type { agentV1, computeV1 } from '@thecloud/api';
import { openStream, outgoing } from '@thecloud/service-kit';
import type { RequestContext } from '@thecloud/service-kit';
import { errors } from '../errors';
import { hosted, SET_UP_MS, worded } from './hosted';
import type { LifeDeps } from './hosted';

/** Long enough to tell how busy it is, short enough to wait for. */
const ONCE_MS = 500;

/** What an instance uses, once an interval, until it stops. */
export async function* watchStats(
  d: LifeDeps,
  ctx: RequestContext,
  id: string,
  intervalMs: number,
): AsyncGenerator<computeV1.InstanceStats> {
  const { agent } = await hosted(d, ctx, id);
  try {
    const call = agent.stream((client) => client.watchStats({ instanceId: id, intervalMs }, outgoing(ctx)));
    const samples: AsyncIterable<agentV1.WatchStatsResponse> = await openStream(call, {
      setUpMs: SET_UP_MS,
      signal: ctx.signal,
    });
    ctx.accept();
    yield* samples;
  } catch (error) {
    throw worded(error, id);
  }
}

export async function readStats(
  d: LifeDeps,
  ctx: RequestContext,
  id: string,
): Promise<computeV1.InstanceStats> {
  const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(SET_UP_MS)]);
  for await (const sample of watchStats(d, { ...ctx, signal }, id, ONCE_MS)) return sample;
  throw errors.HOST_UNREACHABLE({ id }); // it ended without an answer
}
