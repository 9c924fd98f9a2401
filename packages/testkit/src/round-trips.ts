import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Between a client and a server of any protocol in which one asks and the other answers. */
export interface CountingProxy {
  /** On 127.0.0.1. */
  readonly port: number;
  /** How often the client spoke after the server had, while `work` ran. */
  count(work: () => Promise<unknown>): Promise<number>;
  close(): void;
}

/** Passes bytes on to a port of this machine, and counts round trips. Meant for one connection at a time. */
export async function countingProxy(to: number): Promise<CountingProxy> {
  let trips = 0;
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    let answered = true;
    near.on('data', (bytes) => {
      if (answered) trips++;
      answered = false;
      far.write(bytes);
    });
    far.on('data', (bytes) => {
      answered = true;
      near.write(bytes);
    });
    near.on('close', () => far.destroy()).on('error', () => far.destroy());
    far.on('close', () => near.destroy()).on('error', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    count: async (work) => {
      const before = trips;
      await work();
      return trips - before;
    },
    close: () => void server.close(),
  };
}
