import { Connection, request } from './connection';

export interface ReadJob {
  readonly kind: 'reads';
  readonly url: string;
  readonly headers: Record<string, string>;
  /** Asked for in turn. */
  readonly paths: readonly string[];
  readonly connections: number;
  readonly seconds: number;
}

/** Requests as fast as answers come, on each connection one at a time. Rejects if any answer is not 200. */
export async function reads(job: ReadJob): Promise<{ rate: number[]; latency: number[] }> {
  const url = new URL(job.url);
  const requests = job.paths.map((path) => Buffer.from(request('GET', path, job.headers)));
  const latency: number[] = [];
  const started = performance.now();
  const stopAt = started + job.seconds * 1000;
  let next = 0;
  const worker = async () => {
    const connection = new Connection(url);
    try {
      for (let begun = performance.now(); begun < stopAt;) {
        const answer = await connection.ask(requests[next++ % requests.length] as Buffer);
        if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${answer.body.toString()}`);
        const ended = performance.now();
        latency.push(ended - begun);
        begun = ended;
      }
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: job.connections }, worker));
  return { rate: [latency.length / ((performance.now() - started) / 1000)], latency };
}
