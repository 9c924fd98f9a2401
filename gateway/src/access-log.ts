import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@thecloud/service-kit';
import type { HttpMetrics } from './metrics';
import { beginRequest, requestInfo } from './request-info';

/** Routes of ours that are no API operation; anything else unmatched counts as one label, however it is spelled. */
const unmatched = 'unmatched';

/** Gives each request its id, and one log line and one measurement when its answer is out or its caller gone. */
export function accessLog(log: Logger, metrics: HttpMetrics) {
  return (req: IncomingMessage, res: ServerResponse): void => {
    const info = beginRequest(req, res);
    res.setHeader('X-Request-Id', info.id);
    // A connection that breaks ends both streams with an error, and one without a listener would end the process.
    // Whoever reads or writes them sees the end by other events.
    const onError = (err: Error) => log.debug({ err, request_id: info.id }, 'broken off');
    req.on('error', onError);
    res.on('error', onError);
    res.once('close', () => record(req, res, log, metrics));
  };
}

function record(req: IncomingMessage, res: ServerResponse, log: Logger, metrics: HttpMetrics): void {
  const info = requestInfo(res);
  const milliseconds = performance.now() - info.startedAt;
  const method = req.method ?? '';
  const route = info.route ?? unmatched;
  // 499: the caller went before its answer.
  const status = info.outcome ?? (res.writableFinished ? res.statusCode : 499);
  metrics.requests.inc({ method, route, status: String(status) });
  metrics.duration.observe({ method, route }, milliseconds / 1000);
  log.info(
    {
      method,
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
