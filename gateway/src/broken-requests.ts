import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { CloudError } from '@thecloud/kernel';
import type { Logger } from '@thecloud/service-kit';
import { errors } from './errors';
import { toProblem } from './problem';

/** After so long a connection is cut off whose sender does not stop. */
const discardMs = 2_000;

/** Answers what is no HTTP request, or too long to be read as one, as everything else is: with a problem document. */
export function answerBrokenRequests(server: Server, log: Logger, maxHeaderBytes: number): void {
  server.on('clientError', (cause: NodeJS.ErrnoException, socket: Socket) => {
    const begun = (socket as { _httpMessage?: ServerResponse })._httpMessage?.headersSent;
    if (cause.code === 'ECONNRESET' || !socket.writable || begun) return void socket.destroy();
    const id = randomUUID();
    const problem = toProblem(errorOf(cause, maxHeaderBytes), id);
    log.info(
      { status: problem.status, reason: problem.reason, code: cause.code, request_id: id },
      'broken request',
    );
    const body = JSON.stringify(problem);
    socket.end(
      [
        `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
        'Content-Type: application/problem+json',
        `Content-Length: ${Buffer.byteLength(body)}`,
        'Connection: close',
        'Cache-Control: no-store',
        `X-Request-Id: ${id}`,
        '',
        body,
      ].join('\r\n'),
    );
    discardRest(socket);
  });
}

function errorOf({ code }: NodeJS.ErrnoException, maxHeaderBytes: number): CloudError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return errors.HEAD_TOO_LARGE({ limit: String(maxHeaderBytes) });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return errors.REQUEST_TOO_SLOW({});
    default:
      return errors.MALFORMED_HEAD({ why: 'it is not HTTP/1.1' });
  }
}

/** Closed with unread bytes, a connection is reset, and its peer may never read the answer. */
function discardRest(socket: Socket): void {
  socket.removeAllListeners('data');
  socket.on('data', () => {});
  socket.on('error', () => socket.destroy());
  const cutOff = setTimeout(() => socket.destroy(), discardMs);
  socket.once('end', () => socket.destroy());
  socket.once('close', () => clearTimeout(cutOff));
}
