import type { agentV1, computeV1 } from '@thecloud/api';
import { invalidFields } from '@thecloud/kernel';
import { openStream, outgoing, writeAll } from '@thecloud/service-kit';
import type { RequestContext } from '@thecloud/service-kit';
import type { AgentClient } from '../host/agents';
import { hostedToAct, SET_UP_MS, worded } from './hosted';
import type { LifeDeps } from './hosted';

type Input = agentV1.ExecRequest;

/** Forwards a caller's program to the agent of its instance, and what it writes back. */
export async function* execInstance(
  d: LifeDeps,
  ctx: RequestContext,
  requests: AsyncIterable<computeV1.ExecInstanceRequest>,
): AsyncGenerator<computeV1.ExecInstanceResponse> {
  const source = requests[Symbol.asyncIterator]();
  const next = async () => ((await source.next()) as { value?: computeV1.ExecInstanceRequest }).value;
  let request = await next();
  const id = request?.id ?? '';
  const { agent } = await hostedToAct(d, ctx, id);
  if (!request?.input) {
    ctx.accept(); // the id came alone: its caller waits for this before it says what to start
    request = await next();
  }
  if (request?.input?.$case !== 'start')
    throw invalidFields([{ field: 'start', description: 'must come first' }]);
  const rest = async function* (): AsyncGenerator<Input> {
    for (let more = await next(); more; more = await next()) yield inputOf(more);
  };
  yield* runOn(agent, ctx, { ...request.input.value, instanceId: id }, rest());
}

/**
 * Runs a program by an agent: the input goes in as there is room for it, the output comes as it is asked for. It ends
 * when its caller leaves or breaks the rules.
 */
export async function* runOn(
  agent: AgentClient,
  ctx: Pick<RequestContext, 'requestId' | 'signal' | 'accept'>,
  start: agentV1.ExecStart,
  input: AsyncIterable<Input>,
): AsyncGenerator<agentV1.ExecResponse> {
  const call = agent.stream((client) => client.exec(outgoing(ctx)));
  const over = new AbortController();
  const signal = AbortSignal.any([ctx.signal, over.signal]);
  let failure: unknown;
  try {
    call.write({ input: { $case: 'start', value: start } });
    const output = await openStream(call, { setUpMs: SET_UP_MS, signal });
    ctx.accept();
    writeAll(call, input, signal).then(
      () => call.end(),
      (error: unknown) => {
        failure ??= error; // the caller's; or that it is over, which nobody asks any more
        call.cancel();
      },
    );
    yield* output;
  } catch (error) {
    throw failure ?? worded(error, start.instanceId);
  } finally {
    over.abort();
  }
}

function inputOf({ input }: computeV1.ExecInstanceRequest): Input {
  if (input?.$case === 'start') throw invalidFields([{ field: 'start', description: 'may come once only' }]);
  return { input };
}
