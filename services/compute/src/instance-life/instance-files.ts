import type { agentV1, computeV1 } from '@thecloud/api';
import { CloudError, invalidFields } from '@thecloud/kernel';
import { fromServiceError, openStream, outgoing, writeAll } from '@thecloud/service-kit';
import type { RequestContext } from '@thecloud/service-kit';
import { hostedToAct, SET_UP_MS, worded } from './hosted';
import type { LifeDeps } from './hosted';

/** For a whole archive, in ms. */
const WRITE_MS = 15 * 60_000;

export async function getFile(
  d: LifeDeps,
  ctx: RequestContext,
  { id, path }: computeV1.GetInstanceFileRequest,
): Promise<computeV1.InstanceFile> {
  const { agent } = await hostedToAct(d, ctx, id);
  try {
    const options = { timeoutMs: SET_UP_MS, signal: ctx.signal, parent: ctx };
    return await agent.statFile({ instanceId: id, path }, options);
  } catch (error) {
    throw worded(error, id);
  }
}

export async function* readFiles(
  d: LifeDeps,
  ctx: RequestContext,
  { id, path }: computeV1.ReadInstanceFilesRequest,
): AsyncGenerator<computeV1.FileChunk> {
  const { agent } = await hostedToAct(d, ctx, id);
  try {
    const call = agent.stream((client) => client.readFiles({ instanceId: id, path }, outgoing(ctx)));
    const chunks: AsyncIterable<agentV1.ReadFilesResponse> = await openStream(call, {
      setUpMs: SET_UP_MS,
      signal: ctx.signal,
    });
    ctx.accept();
    yield* chunks;
  } catch (error) {
    throw worded(error, id);
  }
}

/** Passes the archive on to the agent as fast as that takes it. */
export async function writeFiles(
  d: LifeDeps,
  ctx: RequestContext,
  requests: AsyncIterable<computeV1.WriteInstanceFilesRequest>,
): Promise<computeV1.WriteInstanceFilesResponse> {
  const source = requests[Symbol.asyncIterator]();
  const { value: first } = (await source.next()) as { value?: computeV1.WriteInstanceFilesRequest };
  if (!first?.id || !first.path)
    throw invalidFields([
      { field: first?.id ? 'path' : 'id', description: 'is required in the first message' },
    ]);
  const { id, path } = first;
  const { agent } = await hostedToAct(d, ctx, id);
  const messages = async function* (): AsyncGenerator<agentV1.WriteFilesRequest> {
    yield { instanceId: id, path, chunk: first.chunk };
    for (let next = await source.next(); !next.done; next = await source.next())
      yield { instanceId: '', path: '', chunk: next.value.chunk };
  };
  const over = new AbortController();
  const signal = AbortSignal.any([ctx.signal, over.signal]);
  const answer = Promise.withResolvers<agentV1.WriteFilesResponse>();
  const deadline = Date.now() + WRITE_MS;
  const call = agent.stream((client) =>
    client.writeFiles(outgoing(ctx), { deadline }, (error, response) => {
      if (error) answer.reject(fromServiceError(error));
      else answer.resolve(response);
      over.abort();
    }),
  );
  try {
    await writeAll(call, messages(), signal);
    call.end();
  } catch (error) {
    if (!over.signal.aborted) {
      answer.promise.catch(() => undefined); // that it was cancelled says nothing new
      call.cancel();
      throw error;
    }
  }
  try {
    return await answer.promise;
  } catch (error) {
    throw error instanceof CloudError ? worded(error, id) : error;
  }
}
