import Docker from 'dockerode';

/**
 * The bare peer: create and start by the Docker Engine's own API, of the container that the agent made of the same
 * instance: same image, command, limits and hardening, read from Docker itself.
 */
export class Containers {
  readonly #docker: Docker;
  #options: Docker.ContainerCreateOptions = {};

  constructor(socketPath: string) {
    this.#docker = new Docker({ socketPath });
  }

  /** Takes the agent's container of this instance as the model. */
  async imitate(instanceId: string): Promise<void> {
    const { Config, HostConfig } = await this.#docker.getContainer(`thecloud-${instanceId}`).inspect();
    this.#options = { ...Config, Labels: {}, HostConfig };
  }

  /** ms until Docker has answered both. */
  async launch(): Promise<{ id: string; ms: number }> {
    const began = performance.now();
    const container = await this.#docker.createContainer(this.#options);
    await container.start();
    return { id: container.id, ms: performance.now() - began };
  }

  async remove(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.#docker.getContainer(id).remove({ force: true })));
  }
}
