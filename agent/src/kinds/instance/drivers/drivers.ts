import type { AgentConfig } from '../../../config';
import type { ImageDriver } from '../ports/image-driver';
import type { ExecDriver } from '../ports/exec-driver';
import type { InstanceDriver } from '../ports/instance-driver';
import type { LogDriver } from '../ports/log-driver';
import type { StatsDriver } from '../ports/stats-driver';
import { DockerImageDriver } from './image/docker';
import { NoopImageDriver } from './image/noop';
import { DockerInstanceDriver } from './docker/docker';
import { NoopInstanceDriver } from './noop/noop';
import { loginsFrom } from './registry-logins';

export interface Drivers {
  readonly instances: InstanceDriver & Partial<LogDriver & ExecDriver & StatsDriver>;
  readonly images: ImageDriver;
}

/** Every driver there is; service.ts is the only importer. */
export const drivers: Record<InstanceDriver['kind'], (config: AgentConfig, hostId: string) => Drivers> = {
  noop: () => ({ instances: new NoopInstanceDriver(), images: new NoopImageDriver() }),
  docker: (config, hostId) => {
    const socketPath = config.THECLOUD_AGENT_DOCKER_SOCKET;
    const publishAddress = config.THECLOUD_AGENT_PUBLISH_ADDRESS;
    const prefix = config.THECLOUD_AGENT_CONTAINER_PREFIX;
    return {
      instances: new DockerInstanceDriver({ socketPath, hostId, publishAddress, prefix }),
      images: new DockerImageDriver({ socketPath }, loginsFrom(config.THECLOUD_AGENT_REGISTRY_AUTH_FILE)),
    };
  },
};
