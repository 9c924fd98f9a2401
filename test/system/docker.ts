import Engine from 'dockerode';

/** The Docker Engine, as somebody who goes behind the cloud's back reaches it. */
export class Docker {
  readonly #engine: Engine;

  constructor(socketPath: string) {
    this.#engine = new Engine({ socketPath, timeout: 30_000 });
  }

  /** Names of all containers; up: only of those that run. */
  async names({ up = false } = {}): Promise<string[]> {
    return (await this.#engine.listContainers({ all: !up })).flatMap((c) => c.Names.map((n) => n.slice(1)));
  }

  inspect(instanceId: string): Promise<Engine.ContainerInspectInfo> {
    return this.#of(instanceId).inspect();
  }

  kill(instanceId: string): Promise<unknown> {
    return this.#of(instanceId).kill();
  }

  stop(instanceId: string): Promise<unknown> {
    return this.#of(instanceId).stop({ t: 1 });
  }

  remove(instanceId: string): Promise<unknown> {
    return this.#of(instanceId).remove({ force: true });
  }

  #of(instanceId: string): Engine.Container {
    return this.#engine.getContainer(`thecloud-${instanceId}`);
  }
}
