import type { Socket } from 'node:net';

/** Resolves when the socket emits `event`. Destroys it and rejects if it fails, or takes longer than `deadlineMs`. */
export function opened<S extends Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  deadlineMs: number,
  missing: string,
): Promise<S> {
  return new Promise((resolve, reject) => {
    const late = () => socket.destroy(new Error(`${missing} in ${deadlineMs / 1000} s`));
    const timer = setTimeout(late, deadlineMs);
    const failed = (cause: Error) => {
      clearTimeout(timer);
      reject(cause);
    };
    const closed = () => failed(new Error(`${missing}: the connection was closed`));
    socket.once('error', failed);
    socket.once('close', closed);
    socket.once(event, () => {
      clearTimeout(timer);
      socket.off('error', failed);
      socket.off('close', closed);
      resolve(socket);
    });
  });
}

/** Destroys the socket, with an error, when nothing was sent or received on it for that time. */
export function endWhenIdle(socket: Socket, idleMs: number): void {
  socket.setTimeout(idleMs);
  socket.on('timeout', () => socket.destroy(new Error(`it sent nothing for ${idleMs / 1000} s`)));
}
