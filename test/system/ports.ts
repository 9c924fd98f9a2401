import { createServer } from 'node:net';
import type { Cloud } from './cloud';

/** A listener on the first port from there on, step by step, that nobody else has. */
export async function listenFrom(port: number, step: number): Promise<{ port: number; close(): void }> {
  const server = createServer().listen(port, '0.0.0.0');
  const listening = await new Promise<boolean>((resolve) => {
    server.once('listening', () => resolve(true)).once('error', () => resolve(false));
  });
  return listening ? { port, close: () => server.close() } : listenFrom(port + step, step);
}

/** The cloud tries this one first where it may choose between it and a lower one. */
export const HELD_PORT = 29_999;

/** Leaves the cloud the choice between that port and one that is free, the next from there on. Until taken_port is emptied. */
export async function leaveHeldPort({ database, hostId }: Cloud, from: number): Promise<void> {
  const free = await listenFrom(from, 1);
  free.close();
  await database.query('truncate compute.taken_port');
  await database.query(
    `insert into compute.taken_port select $1, 'tcp', p, 'others' from generate_series(20000, 29999) p
      where p <> all($2::int[])`,
    [hostId, [HELD_PORT, free.port]],
  );
}
