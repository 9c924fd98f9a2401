import type { Logger } from '@thecloud/service-kit';
import type { AgentConfig } from './config';
import { announced } from './core/announced';
import type { Watchdog } from './fence/fence';
import { drivers } from './kinds/instance/drivers/drivers';
import { InstanceKind } from './kinds/instance/instance.kind';
import { InstanceDrivers } from './kinds/instance/ports/instance-drivers';
import { DockerWatchdog, noopWatchdog } from './kinds/instance/watchdog/docker-watchdog';

/** The kind "instance" with the drivers of this host, the first being its default. */
export function instanceKind(config: AgentConfig, hostId: string): InstanceKind {
  const engines = config.THECLOUD_AGENT_DRIVER.map((name) => {
    const made = drivers[name](config, hostId);
    return { instances: announced('instance', made.instances), images: announced('image', made.images) };
  });
  return new InstanceKind(new InstanceDrivers(engines));
}

/** What stops in time what each of the drivers runs. */
export function instanceWatchdogs(config: AgentConfig, hostId: string): Watchdog[] {
  const dataDir = config.THECLOUD_AGENT_DATA_DIR;
  const socketPath = config.THECLOUD_AGENT_DOCKER_SOCKET;
  const of = { docker: () => new DockerWatchdog({ dataDir, socketPath, hostId }), noop: () => noopWatchdog };
  return config.THECLOUD_AGENT_DRIVER.map((name) => of[name]());
}

/** What ran by exec when an agent before this one died has no caller any more. Before anybody may run something anew. */
export async function sweepExecs(kind: InstanceKind, log: Logger): Promise<void> {
  for (const { instances } of kind.drivers.engines())
    try {
      const ended = (await instances.sweep?.()) ?? 0;
      if (ended > 0) log.info({ ended }, 'ended programs that an earlier agent had run by exec');
    } catch (err) {
      log.warn({ err }, 'what an earlier agent had run by exec could not be ended');
    }
}
