import Docker from 'dockerode';

/** The bare peer: the log of the same container, by the Docker Engine's own API. */
export class DockerLog {
  readonly #container: Docker.Container;

  constructor(socketPath: string, instanceId: string) {
    this.#container = new Docker({ socketPath }).getContainer(`thecloud-${instanceId}`);
  }

  /** Resolves when something of it has come. */
  async firstLine(): Promise<void> {
    const log = (await this.#container.logs({
      follow: true,
      stdout: true,
      stderr: true,
    })) as NodeJS.ReadableStream & { destroy(): void };
    await new Promise<void>((resolve, reject) => {
      log.once('data', () => resolve());
      log.once('end', () => reject(new Error('the log of the container ended without a line')));
      log.on('error', reject); // what comes after the line is of our leaving
    });
    log.destroy();
  }
}
