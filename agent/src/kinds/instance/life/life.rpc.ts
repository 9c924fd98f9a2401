import type { agentV1 } from '@thecloud/api';
import { invalidFields } from '@thecloud/kernel';
import type { Handlers } from '@thecloud/service-kit';
import type { InstanceLife } from './instance-life';
import { checkInstanceId } from '../codec';

const DEFAULT_TERMINAL = { rows: 24, columns: 80 };

type Life = Pick<
  Handlers<agentV1.AgentServiceServer>,
  'readLogs' | 'exec' | 'watchStats' | 'statFile' | 'readFiles' | 'writeFiles'
>;

export function lifeHandlers(life: InstanceLife): Life {
  return {
    readLogs: (ctx, { instanceId, tail, afterNs, follow, timestamps }) =>
      life.logs(
        checkInstanceId(instanceId),
        { tail, afterNs: afterNs || undefined, follow, timestamps },
        ctx,
      ),
    exec: async function* (ctx, requests) {
      const input = requests[Symbol.asyncIterator]();
      const { value: first } = (await input.next()) as { value?: agentV1.ExecRequest };
      if (first?.input?.$case !== 'start')
        throw invalidFields([{ field: 'start', description: 'must come first' }]);
      const { instanceId, size, ...spec } = first.input.value;
      const terminal = { size: spec.tty ? (size ?? DEFAULT_TERMINAL) : undefined };
      const rest = { [Symbol.asyncIterator]: () => input };
      yield* life.exec(checkInstanceId(instanceId), { ...spec, ...terminal }, rest, ctx);
    },
    statFile: (ctx, { instanceId, path }) => life.files.stat(checkInstanceId(instanceId), path, ctx.signal),
    readFiles: (ctx, { instanceId, path }) => life.files.read(checkInstanceId(instanceId), path, ctx),
    writeFiles: async (ctx, requests) => ({ entries: await life.files.write(requests, ctx.signal) }),
    watchStats: (ctx, { instanceId, intervalMs }) => life.stats(checkInstanceId(instanceId), intervalMs, ctx),
  };
}
