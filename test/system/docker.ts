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

  /** Has all images to be pulled again. */
  async forgetImages(): Promise<void> {
    const images = await this.#engine.listImages();
    await Promise.all(images.map(({ Id: id }) => this.#engine.getImage(id).remove({ force: true })));
  }

  inspect(instanceId: string): Promise<Engine.ContainerInspectInfo> {
    return this.#of(instanceId).inspect();
  }

  /** Programs that run in it besides its own (one that is just being started has no id yet), by their process ids on this machine. */
  async execs(instanceId: string): Promise<number[]> {
    const { ExecIDs: ids } = await this.inspect(instanceId);
    const all = await Promise.all(
      (ids ?? []).map((id) =>
        this.#engine
          .getExec(id)
          .inspect()
          .catch(() => undefined),
      ),
    );
    return all.flatMap((exec) => (exec?.Running && exec.Pid > 0 ? [exec.Pid] : []));
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
