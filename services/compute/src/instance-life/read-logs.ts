import type { agentV1, computeV1 } from '@thecloud/api';
import { CloudError } from '@thecloud/kernel';
import { openStream, outgoing, projectOf } from '@thecloud/service-kit';
import type { RequestContext } from '@thecloud/service-kit';
import { bellOf } from './bell';
import { hosted, SET_UP_MS, worded } from './hosted';
import type { LifeDeps } from './hosted';

/** A followed log that broke is looked for this often, or as soon as its instance changes, in ms. */
const LOOK_AGAIN_MS = 1_000;
const LATEST_NS = 2n ** 63n - 1n;

/**
 * The log of an instance, from the agent that has it. Followed, it outlives what happens to either: an agent that is
 * away, an instance that moves to another host. It ends when the instance is deleted.
 */
export async function* readLogs(
  d: LifeDeps,
  ctx: RequestContext,
  request: computeV1.ReadInstanceLogsRequest,
): AsyncGenerator<computeV1.LogChunk> {
  const { id, follow, timestamps, since } = request;
  let { tail } = request;
  let afterNs = since ? justBefore(since) : 0n;
  let accepted = '';
  const bell = bellOf(d.changes, projectOf(ctx), id, ctx.signal);
  try {
    while (!ctx.signal.aborted) {
      const changed = bell.next(LOOK_AGAIN_MS); // listen first, then look: nothing falls between
      try {
        const { agent, hostId } = await hosted(d, ctx, id);
        // Elsewhere it begins anew, by another clock: all that is there is news.
        if (accepted && hostId !== accepted) [afterNs, tail] = [0n, undefined];
        const asked = { instanceId: id, tail, afterNs, follow, timestamps };
        const call = agent.stream((client) => client.readLogs(asked, outgoing(ctx)));
        const chunks = await openStream(call, { setUpMs: SET_UP_MS, signal: ctx.signal });
        accepted = hostId;
        ctx.accept();
        for await (const chunk of chunks) {
          [afterNs, tail] = [chunk.lastNs, undefined];
          yield toPublic(chunk);
        }
        if (!follow) return;
      } catch (thrown) {
        const error = worded(thrown, id);
        if (accepted && error instanceof CloudError && error.code === 'NOT_FOUND') return; // deleted
        if (!accepted || !follow || !mayPass(error)) throw error;
      }
      await changed;
    }
  } finally {
    bell.close();
  }
}

const mayPass = (error: unknown) =>
  error instanceof CloudError && (error.code === 'UNAVAILABLE' || error.reason === 'INSTANCE_NOT_PLACED');

const toPublic = ({ stream, data, firstNs }: agentV1.ReadLogsResponse): computeV1.LogChunk => ({
  stream,
  data,
  time: new Date(Number(firstNs / 1_000_000n)),
});

/** Nanoseconds since 1970, within what 64 bits hold: nothing was written before, nor will be after. */
function justBefore(time: Date): bigint {
  const ns = BigInt(time.getTime()) * 1_000_000n - 1n;
  if (ns < 0n) return 0n;
  return ns > LATEST_NS ? LATEST_NS : ns;
}
