import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, request } from './connection';

export interface SteadyJob {
  readonly kind: 'steady';
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly path: string;
  readonly perSecond: number;
  readonly seconds: number;
}

/**
 * Requests at a steady pace, whether those before are answered or not: a slow answer delays none after it, and its
 * latency counts from when it was due. Rejects if any answer is not 200.
 */
export async function steady(job: SteadyJob): Promise<{ latency: number[] }> {
  const url = new URL(job.url);
  const bytes = request('GET', job.path, job.headers);
  const idle: Connection[] = [];
  const latency: number[] = [];
  const one = async (due: number) => {
    const connection = idle.pop() ?? new Connection(url);
    try {
      const { status, body } = await connection.ask(bytes);
      if (status !== 200) throw new Error(`answered ${status}: ${body.toString()}`);
      latency.push(performance.now() - due);
    } finally {
      idle.push(connection);
    }
  };
  const started = performance.now();
  const asked: Promise<void>[] = [];
  try {
    for (let i = 0; i < job.perSecond * job.seconds; i++) {
      const due = started + (i * 1000) / job.perSecond;
      await sleep(Math.max(0, due - performance.now()));
      const answered = one(due);
      answered.catch(() => {}); // told by the await below
      asked.push(answered);
    }
    await Promise.all(asked);
    return { latency };
  } finally {
    for (const connection of idle) connection.close();
  }
}
