import type { NextFunction, Request, Response } from 'express';
import type { Logger } from '@thecloud/service-kit';
import type { HttpMetrics } from './metrics';
import { newRequestInfo, requestInfo } from './request-info';

/** Routes of ours that are no API operation; anything else unmatched counts as one label, however it is spelled. */
const unmatched = 'unmatched';

/** Gives each request its id, and one log line and one measurement when its answer is out or its caller gone. */
export function accessLog(log: Logger, metrics: HttpMetrics) {
  return (req: Request, res: Response, next: NextFunction): void => {
    const info = newRequestInfo(req);
    (res.locals as { info: typeof info }).info = info;
    res.setHeader('X-Request-Id', info.id);
    // A connection that breaks ends both streams with an error, and one without a listener would end the process.
    // Whoever reads or writes them sees the end by other events.
    for (const stream of [req, res])
      stream.on('error', (err) => log.debug({ err, request_id: info.id }, 'broken off'));
    res.once('close', () => record(req, res, log, metrics));
    next();
  };
}

function record(req: Request, res: Response, log: Logger, metrics: HttpMetrics): void {
  const info = requestInfo(res);
  const milliseconds = performance.now() - info.startedAt;
  const route = info.route ?? unmatched;
  // 499: the caller went before its answer.
  const status = info.outcome ?? (res.writableFinished ? res.statusCode : 499);
  metrics.requests.inc({ method: req.method, route, status: String(status) });
  metrics.duration.observe({ method: req.method, route }, milliseconds / 1000);
  log.info(
    {
      method: req.method,
      route,
      status,
      duration_ms: Math.round(milliseconds * 10) / 10,
      request_id: info.id,
      project: info.caller?.projectId || undefined,
      subject: info.caller?.subject,
    },
    'request',
  );
}
