import type { IncomingMessage, ServerResponse } from 'node:http';
import { rateLimitHeaders } from './fair-use';
import type { Asked, FairUse, Leave } from './fair-use';
import type { Verdict } from './buckets';

/** Counts an HTTP request, and gives back what it holds when its answer is out. Rejects as `FairUse.enter` does. */
export async function enter(
  fairUse: FairUse,
  req: IncomingMessage,
  res: ServerResponse,
  kind: Pick<Asked, 'lasting' | 'public'>,
): Promise<Leave> {
  const leave = await fairUse.enter({ ...kind, headers: req.headers, ...from(req, res) });
  res.once('close', leave.release);
  if (res.closed) leave.release();
  return leave;
}

/** Counts a look at our health. */
export const enterProbe = (fairUse: FairUse, req: IncomingMessage, res: ServerResponse): Promise<void> =>
  fairUse.probe(from(req, res));

const from = (req: IncomingMessage, res: ServerResponse): Pick<Asked, 'address' | 'tell'> => ({
  address: req.socket.remoteAddress ?? '',
  tell: (verdict: Verdict) => void res.setHeaders(new Map(Object.entries(rateLimitHeaders(verdict)))),
});
