import type { AgentConfig } from '../../../config';
import type { DriverName } from '../ports/instance-driver';
import type { InstanceEngine } from '../ports/instance-drivers';
import { DockerImageDriver } from './image/docker';
import { NoopImageDriver } from './image/noop';
import { DockerInstanceDriver } from './docker/docker';
import { NoopInstanceDriver } from './noop/noop';
import { loginsFrom } from './registry-logins';

/** Every driver there is; service.ts is the only importer. */
export const drivers: Record<DriverName, (config: AgentConfig, hostId: string) => InstanceEngine> = {
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
