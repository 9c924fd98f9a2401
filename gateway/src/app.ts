import express from 'express';
import type { Express, NextFunction, Request, Response } from 'express';
import type { Logger } from '@thecloud/service-kit';
import { accessLog } from './access-log';
import { createApiHandler } from './api-handler';
import type { ApiDeps } from './api-handler';
import { docsPage } from './docs-page';
import type { Readiness } from './health';
import type { HttpMetrics } from './metrics';
import { sendProblem, toCloudError } from './problem';
import { named, requestInfo } from './request-info';
import { securityHeaders } from './security-headers';

export interface AppDeps extends ApiDeps {
  readonly log: Logger;
  readonly metrics: HttpMetrics;
  readonly readiness: () => Promise<Readiness>;
  /** False once the process is about to stop. */
  readonly accepting: () => boolean;
  /** The document of /openapi.json. */
  readonly openApi: object;
}

export function createApp(deps: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use(accessLog(deps.log, deps.metrics));
  app.use(securityHeaders());
  app.get('/health/live', named('/health/live'), (_req, res) => void res.json({ status: 'live' }));
  app.get('/health/ready', named('/health/ready'), async (_req, res) => {
    const { ready, ...rest } = await deps.readiness();
    const ok = ready && deps.accepting();
    const state = ok ? 'ready' : ready ? 'stopping' : 'not ready';
    res.status(ok ? 200 : 503).json({ status: state, ...rest });
  });
  const document = JSON.stringify(deps.openApi);
  app.get(
    '/openapi.json',
    named('/openapi.json'),
    (_req, res) => void res.type('application/json').send(document),
  );
  app.use(docsPage());
  const handle = createApiHandler(deps);
  app.use((req, res) => {
    res.setHeader('Cache-Control', 'no-store');
    return handle(req, res);
  });
  app.use(errorHandler(deps.log));
  return app;
}

function errorHandler(log: Logger) {
  // Express knows an error handler by its four parameters.
  return (thrown: unknown, req: Request, res: Response, _next: NextFunction): void => {
    const info = requestInfo(res);
    const error = toCloudError(thrown, info.id);
    const line = { err: error.cause ?? error, reason: error.reason, request_id: info.id, route: info.route };
    if (error.code === 'INTERNAL') log.error(line, 'request failed');
    else if (error.code === 'UNAVAILABLE' || error.code === 'DEADLINE_EXCEEDED')
      log.warn(line, 'backend did not answer');
    discardRest(req, res);
    sendProblem(res, error, info.id);
  };
}

const discardMs = 5_000;

/** A refused body is read and thrown away for a moment, so that its sender gets to see the refusal. */
function discardRest(req: Request, res: Response): void {
  if (req.complete || req.destroyed) return;
  req.resume();
  const timer = setTimeout(() => req.socket.destroy(), discardMs).unref();
  req.once('end', () => clearTimeout(timer));
  res.once('close', () => req.complete && clearTimeout(timer));
}
