import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/**
 * A TCP port that leads to another one. Cut, it breaks every connection and refuses new ones, as a server that is away.
 * Frozen, it accepts everything and passes nothing on, as a server whose processes are stopped.
 */
export class Relay {
  readonly #open = new Set<Socket>();
  /** Each connection's two directions; those that came while it was frozen are not joined yet. */
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #waiting = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  #frozen = false;

  constructor(private readonly to: () => number) {}

  get port(): number {
    return this.#port;
  }

  /** Opens it, on the same port as before. */
  async mend(): Promise<void> {
    const server = createServer((from) => this.#arrived(from));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  freeze(): void {
    this.#frozen = true;
    for (const [from, to] of this.#pairs) from.unpipe(to).pause();
  }

  /** Drops what arrives over the connections that are open now, as a broken network does. Later ones are served. */
  stall(): void {
    for (const [from, to] of this.#pairs) from.unpipe(to).resume();
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.#pairs.size / 2;
  }

  thaw(): void {
    this.#frozen = false;
    for (const [from, to] of this.#pairs) from.pipe(to);
    for (const from of this.#waiting) this.#join(from);
    this.#waiting.clear();
  }

  #arrived(from: Socket): void {
    this.#open.add(from);
    from.on('error', () => undefined); // the user of the other end is told
    from.on('close', () => {
      this.#open.delete(from);
      this.#waiting.delete(from);
    });
    if (this.#frozen) this.#waiting.add(from.pause());
    else this.#join(from);
  }

  #join(from: Socket): void {
    const to = connect(this.to(), '127.0.0.1');
    this.#open.add(to);
    for (const pair of [
      [from, to],
      [to, from],
    ] as const) {
      const [here, there] = pair;
      this.#pairs.add(pair);
      here.on('error', () => undefined); // the user of the other end is told
      here.on('close', () => {
        this.#open.delete(here);
        this.#pairs.delete(pair);
        there.destroy();
      });
      here.pipe(there);
    }
  }
}
