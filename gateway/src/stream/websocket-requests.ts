import type { WebSocket } from 'ws';
import { errors } from '../errors';
import { parseJson } from '../read-body';
import type { Route } from '../routes';
import { encodeMessage } from '../transcode-request';
import type { StreamCall } from './stream-call';

/**
 * Hands the client's text frames to the call, each the JSON of one request, only as fast as the service takes them;
 * an empty frame says that no more follow. `fail` is told what is wrong with one. Calls that take one request only
 * ignore frames.
 */
export function forwardRequests(
  route: Route,
  socket: WebSocket,
  call: StreamCall,
  fail: (reason: unknown) => void,
): void {
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (!route.method.requestStream) return;
    try {
      if (isBinary) throw errors.FRAME_NOT_TEXT({});
      if (data.length === 0) return call.endRequests();
      if (call.send(encodeMessage(route.input, parseJson(data)))) return;
      socket.pause();
      call.drained(() => socket.resume());
    } catch (error) {
      fail(error);
    }
  });
}
