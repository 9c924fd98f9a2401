import { WebSocket } from 'ws';
import { now } from './changes';

const PATIENCE_MS = 20_000;

interface Message {
  readonly result?: { readonly data: { readonly n?: number } };
  readonly error?: unknown;
}

/** Whoever watches events over a WebSocket, and notes when he sees each. */
export class Watcher {
  #seen = new Map<number, number>();
  #ring: (() => void) | undefined;
  #failure: Error | undefined;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.#take(data));
    socket.on('close', (code) => this.#fail(`the watch was closed with ${code}`));
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<Watcher> {
    const socket = new WebSocket(url, headers['x-api-key'] ? ['thecloud.v1'] : [], { headers });
    const watcher = new Watcher(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return watcher;
  }

  /** When each of so many was seen. Throws when one is missing or comes twice. */
  async all(count: number): Promise<number[]> {
    const impatient = setTimeout(
      () => this.#fail(`only ${this.#seen.size} of ${count} events came`),
      PATIENCE_MS,
    );
    while (this.#seen.size < count && !this.#failure) await new Promise<void>((ring) => (this.#ring = ring));
    clearTimeout(impatient);
    if (this.#failure) throw this.#failure;
    const seen = this.#seen;
    this.#seen = new Map();
    return Array.from({ length: count }, (_, n) => seen.get(n) ?? NaN);
  }

  close(): void {
    this.socket.removeAllListeners('close').close();
  }

  #take(data: Buffer): void {
    const at = now();
    const { result, error } = JSON.parse(data.toString()) as Message;
    if (!result) return this.#fail(`the watch failed: ${JSON.stringify(error)}`);
    const { n } = result.data;
    if (n === undefined) return; // of an instance that the cloud has besides
    if (this.#seen.has(n)) return this.#fail(`event ${n} came twice`);
    this.#seen.set(n, at);
    this.#ring?.();
  }

  #fail(why: string): void {
    this.#failure ??= new Error(why);
    this.#ring?.();
  }
}
