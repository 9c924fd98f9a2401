import type { computeV1 } from '@thecloud/api';
import type { Handlers } from '@thecloud/service-kit';
import { execInstance } from './exec';
import { getFile, readFiles, writeFiles } from './instance-files';
import type { LifeDeps } from './hosted';
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
  return {
    readInstanceLogs: (ctx, request) => readLogs(d, ctx, request),
    execInstance: (ctx, requests) => execInstance(d, ctx, requests),
    runInstanceCommand: (ctx, request) => runCommand(d, ctx, request),
    getInstanceFile: (ctx, request) => getFile(d, ctx, request),
    readInstanceFiles: (ctx, request) => readFiles(d, ctx, request),
    writeInstanceFiles: (ctx, requests) => writeFiles(d, ctx, requests),
    getInstanceStats: (ctx, { id }) => readStats(d, ctx, id),
    watchInstanceStats: (ctx, { id, intervalSeconds }) =>
      watchStats(d, ctx, id, (intervalSeconds || 1) * 1000),
  };
}
