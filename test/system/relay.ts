import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A TCP port that leads to another one, until it is cut: then every connection breaks, and new ones are refused. */
export class Relay {
  readonly #open = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  constructor(private readonly to: () => number) {}

  get port(): number {
    return this.#port;
  }

  /** Opens it, on the same port as before. */
  async mend(): Promise<void> {
    const server = createServer((from) => this.#join(from));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  #join(from: Socket): void {
    const to = connect(this.to(), '127.0.0.1');
    for (const [here, there] of [
      [from, to],
      [to, from],
    ] as const) {
      this.#open.add(here);
      here.on('error', () => undefined); // whoever uses the other end hears of it
      here.on('close', () => {
        this.#open.delete(here);
        there.destroy();
      });
      here.pipe(there);
    }
  }
}
