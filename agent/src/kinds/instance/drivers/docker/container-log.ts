import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type Docker from 'dockerode';
import type { LogEntry, LogOptions } from '../../ports/log-driver';
import { statusOf, unavailable } from '../docker-engine';
import { readLocalLog } from './local-log';
import { containerLogs } from './logs';

/** The logging driver of a container: it keeps bytes as they are, and at most so many. */
export const logConfig = { Type: 'local', Config: { 'max-size': '10m', 'max-file': '3', compress: 'false' } };

/**
 * The log of a container out of its files; by Docker's API where they cannot be read: a container that an earlier
 * version made with another logging driver, an engine of another machine.
 */
export async function* logOf(
  docker: Docker,
  info: Docker.ContainerInspectInfo,
  options: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<LogEntry[]> {
  const dir = await logDirectory(info);
  if (!dir) return yield* containerLogs(docker, info.Id, options, signal);
  const waiting = new AbortController();
  try {
    const ended = options.follow
      ? whenEnded(docker.getContainer(info.Id), AbortSignal.any([signal, waiting.signal]))
      : undefined;
    yield* readLocalLog(dir, options, ended, signal);
  } catch (error) {
    if (!signal.aborted) throw unavailable(error);
  } finally {
    waiting.abort();
  }
}

/** Beside the other files that Docker keeps of a container. Undefined when this process cannot see them. */
async function logDirectory({
  HostConfig: host,
  ResolvConfPath: sibling,
}: Docker.ContainerInspectInfo): Promise<string | undefined> {
  const { Type: type, Config: config } = host.LogConfig as typeof logConfig;
  if (type !== logConfig.Type || config.compress !== 'false' || !sibling) return undefined;
  const container = dirname(sibling);
  return access(container).then(
    () => join(container, 'local-logs'),
    () => undefined,
  );
}

/** Resolves when it does not run (any more), or is gone. Docker has written all of its log by then. */
async function whenEnded(container: Docker.Container, abortSignal: AbortSignal): Promise<void> {
  try {
    await container.wait({ condition: 'not-running', abortSignal });
  } catch (error) {
    if (!abortSignal.aborted && statusOf(error) !== 404) throw error;
  }
}
