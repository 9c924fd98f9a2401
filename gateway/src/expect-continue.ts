import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { CloudError } from '@thecloud/kernel';
import { errors } from './errors';

/** Requests whose sender waits for a word before it sends the body. */
const waiting = new WeakMap<IncomingMessage, ServerResponse>();
const refused = new WeakMap<IncomingMessage, CloudError>();

/**
 * RFC 9110 §10.1.1: who sends `Expect: 100-continue` is told to go on only when its body is about to be read, and gets
 * the final status at once where the head alone says that the request fails.
 */
export function answerExpectations(server: Server, answer: RequestListener): void {
  server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => {
    waiting.set(req, res);
    res.shouldKeepAlive = false; // whether the body still comes after a refusal, nobody knows
    answer(req, res);
  });
  server.on('checkExpectation', (req: IncomingMessage, res: ServerResponse) => {
    refused.set(req, errors.EXPECTATION_UNSUPPORTED({ got: String(req.headers.expect).slice(0, 100) }));
    answer(req, res);
  });
}

export const expectationProblem = (req: IncomingMessage): CloudError | undefined => refused.get(req);

export const waitsToContinue = (req: IncomingMessage): boolean => waiting.has(req);

/** The body is wanted: to be called before the first byte of it is read. */
export function continueBody(req: IncomingMessage): void {
  const res = waiting.get(req);
  waiting.delete(req);
  if (res && !res.headersSent && !res.destroyed) res.writeContinue();
}
