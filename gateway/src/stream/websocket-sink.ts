import type { WebSocket } from 'ws';
import type { CloudError } from '@thecloud/kernel';
import { toProblem } from '../problem';
import type { Route } from '../routes';
import { resultFrame } from './frame';
import { mostBuffered } from './sink';
import type { Sink } from './sink';

/** Registered close codes, and ours: 4000 + the HTTP status of the problem. */
export const closeCodes = { normal: 1000, restart: 1012, problem: 4000 } as const;

/** One text frame a message; a failure is a frame of its own before the close. */
export function webSocketSink(route: Route, socket: WebSocket, requestId: string, pingMs: number): Sink {
  keepAlive(socket, pingMs);
  return {
    send: (message) =>
      new Promise((resolve) => {
        socket.send(resultFrame(route, message), () => resolve());
        if (socket.bufferedAmount <= mostBuffered) resolve();
      }),
    end: () => socket.close(closeCodes.normal),
    fail: (error: CloudError) => {
      if (error.reason === 'GATEWAY_STOPPING') return socket.close(closeCodes.restart, 'service restart');
      const problem = toProblem(error, requestId);
      socket.send(JSON.stringify({ error: problem }));
      socket.close(closeCodes.problem + problem.status, problem.reason);
    },
    destroy: () => socket.terminate(),
  };
}

/** Pings; a reader that does not answer before the next ping is due has gone, or reads no more. */
function keepAlive(socket: WebSocket, pingMs: number): void {
  let answered = true;
  socket.on('pong', () => (answered = true));
  const timer = setInterval(() => {
    if (socket.isPaused) return; // nobody reads its answers just now: its backend is busy
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, pingMs);
  socket.once('close', () => clearInterval(timer));
}
