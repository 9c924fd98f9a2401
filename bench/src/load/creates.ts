import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { ClientConfig } from 'pg';
import { Connection, request } from './connection';

export interface CreateJob {
  readonly kind: 'creates';
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly path: string;
  /** The body besides its `name`. */
  readonly body: object;
  readonly connections: number;
  /** How many instances in all. */
  readonly count: number;
  /** Where they are looked at until all of them run; absent: an answer is the end of it. */
  readonly runningIn?: ClientConfig;
}

const LOOK_EVERY_MS = 5;
const RUNNING_MS = 120_000;

/**
 * Creates instances: each connection creates one, waits until it runs, and creates the next. The looking is one cheap
 * query for all that are waited for, so that it hardly disturbs.
 */
export async function creates(job: CreateJob): Promise<{ rate: number[]; latency: number[] }> {
  const url = new URL(job.url);
  const latency: number[] = [];
  const watch = job.runningIn ? await Watch.open(job.runningIn) : undefined;
  const started = performance.now();
  let begun = 0;
  const worker = async () => {
    const connection = new Connection(url);
    try {
      while (begun++ < job.count) {
        const body = JSON.stringify({ name: `b-${randomUUID()}`, ...job.body });
        const headers = { ...job.headers, 'idempotency-key': randomUUID() };
        const asked = performance.now();
        const answer = await connection.ask(request('POST', job.path, headers, body));
        latency.push(performance.now() - asked);
        const text = answer.body.toString();
        if (answer.status >= 300) throw new Error(`answered ${answer.status}: ${text}`);
        await watch?.running((JSON.parse(text) as { metadata: { id: string } }).metadata.id);
      }
    } finally {
      connection.close();
    }
  };
  try {
    await Promise.all(Array.from({ length: job.connections }, worker));
    return { rate: [job.count / ((performance.now() - started) / 1000)], latency };
  } finally {
    await watch?.close();
  }
}

/** Looks into the database until instances run. */
class Watch {
  readonly #waiting = new Map<string, { resolve(): void; reject(error: Error): void; since: number }>();
  #timer: NodeJS.Timeout | undefined;

  private constructor(private readonly client: Client) {}

  static async open(config: ClientConfig): Promise<Watch> {
    const client = new Client(config);
    await client.connect();
    return new Watch(client);
  }

  running(id: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, since: performance.now() });
      this.#timer ??= setTimeout(() => void this.#look(), LOOK_EVERY_MS);
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.client.end();
  }

  async #look(): Promise<void> {
    const { rows } = await this.client.query<{ id: string; state: string; message: string }>({
      name: 'settled',
      text: `select id, state, message from compute.instance where id = any($1) and state in ('running', 'failed')`,
      values: [[...this.#waiting.keys()]],
    });
    for (const { id, state, message } of rows) {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (state === 'running') waiting?.resolve();
      else waiting?.reject(new Error(`${id} failed: ${message}`));
    }
    for (const [id, { since, reject }] of this.#waiting)
      if (performance.now() - since > RUNNING_MS) reject(new Error(`${id} does not run`));
    this.#timer = this.#waiting.size > 0 ? setTimeout(() => void this.#look(), LOOK_EVERY_MS) : undefined;
  }
}
