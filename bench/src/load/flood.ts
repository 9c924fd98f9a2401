import { Connection, request } from './connection';

export interface FloodJob {
  readonly kind: 'flood';
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly path: string;
  readonly connections: number;
  readonly seconds: number;
}

/** Requests as fast as answers come, served or refused, by somebody who reads no Retry-After. */
export async function flood(job: FloodJob): Promise<{ served: number[]; refused: number[] }> {
  const url = new URL(job.url);
  const bytes = Buffer.from(request('GET', job.path, job.headers));
  const started = performance.now();
  const stopAt = started + job.seconds * 1000;
  let served = 0;
  let refused = 0;
  const worker = async () => {
    const connection = new Connection(url);
    try {
      while (performance.now() < stopAt) {
        const { status, body } = await connection.ask(bytes);
        if (status === 200) served++;
        else if (status === 429) refused++;
        else throw new Error(`answered ${status}: ${body.toString()}`);
      }
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: job.connections }, worker));
  const seconds = (performance.now() - started) / 1000;
  return { served: [served / seconds], refused: [refused / seconds] };
}
