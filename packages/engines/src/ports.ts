import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { commandName, pidsHoldingSockets } from './proc';

// Below what clouds choose from for instances (20000 to 29999), and the kernel for outgoing connections (32768 up): so
// that neither can take a port before its engine, nor find it taken.
const FIRST_PORT = 10_000;
const LAST_PORT = 20_000;
const handedOut = new Set<number>();

/** A TCP port nobody listens on, never handed out twice by this process. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));
    if (handedOut.has(port) || !(await isPortFree(port))) continue;
    handedOut.add(port);
    return port;
  }
  throw new Error(`no free TCP port between ${FIRST_PORT} and ${LAST_PORT}`);
}

/** Whether 127.0.0.1:port can be listened on. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)));
  });
}

/** Who listens on a TCP port, for messages: `pid 4711 (nginx)`. */
export function portHolder(port: number): string {
  const inodes = new Set(['tcp', 'tcp6'].flatMap((table) => listeningInodes(table, port)));
  const holders = pidsHoldingSockets(inodes).map((pid) => `pid ${pid} (${commandName(pid) ?? 'ended'})`);
  return holders.length > 0 ? holders.join(', ') : 'a process that cannot be seen from here';
}

/** Rows of /proc/net/tcp: slot, local address:port, remote, state (0A listens), …, inode as the tenth field. */
function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync(`/proc/net/${table}`, 'utf8')
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) && fields[3] === '0A')
    .flatMap((fields) => fields[9] ?? []);
}
