import type { computeV1 } from '@thecloud/api';
import type { Handlers } from '@thecloud/service-kit';
import { execInstance } from './exec';
import { getFile, readFiles, writeFiles } from './instance-files';
import type { LifeDeps } from './hosted';
import { PersonStreams } from './person-streams';
import { readLogs } from './read-logs';
import { runCommand } from './run-command';
import { readStats, watchStats } from './watch-stats';

type Life = Pick<
  Handlers<computeV1.InstanceServiceServer>,
  | 'getInstanceFile'
  | 'readInstanceFiles'
  | 'writeInstanceFiles'
  | 'readInstanceLogs'
  | 'execInstance'
  | 'runInstanceCommand'
  | 'getInstanceStats'
  | 'watchInstanceStats'
>;

/** Handlers of InstanceService that look into instances, or act in them. */
export function instanceLife(d: LifeDeps): Life {
  const person = new PersonStreams();
  return {
    readInstanceLogs: (ctx, request) => person.stream(ctx, () => readLogs(d, ctx, request)),
    execInstance: (ctx, requests) => person.stream(ctx, () => execInstance(d, ctx, requests)),
    runInstanceCommand: (ctx, request) => person.call(ctx, () => runCommand(d, ctx, request)),
    getInstanceFile: (ctx, request) => getFile(d, ctx, request),
    readInstanceFiles: (ctx, request) => person.stream(ctx, () => readFiles(d, ctx, request)),
    writeInstanceFiles: (ctx, requests) => person.call(ctx, () => writeFiles(d, ctx, requests)),
    getInstanceStats: (ctx, { id }) => person.call(ctx, () => readStats(d, ctx, id)),
    watchInstanceStats: (ctx, { id, intervalSeconds }) =>
      person.stream(ctx, () => watchStats(d, ctx, id, (intervalSeconds || 1) * 1000)),
  };
}
