import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express from 'express';
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import type { CloudError } from '@thecloud/kernel';
import type { Logger } from '@thecloud/service-kit';
import { accessLog } from './access-log';
import { createApiHandler } from './api-handler';
import type { ApiDeps } from './api-handler';
import { docsPage } from './docs-page';
import { expectationProblem } from './expect-continue';
import { enter, enterProbe } from './fair-use/enter';
import type { Readiness } from './health';
import type { HttpMetrics } from './metrics';
import { sendProblem, toCloudError } from './problem';
import { headProblem } from './request-head';
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

/** Answers every request. Those of the API go past Express, which takes longer to find a handler than it to answer. */
export function createListener(deps: AppDeps): RequestListener {
  const begin = accessLog(deps.log, deps.metrics);
  const headers = securityHeaders();
  const handle = createApiHandler(deps);
  const fail = failure(deps.log);
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    res.setHeader('Cache-Control', 'no-store');
    await handle(req, res).catch((thrown: unknown) => fail(thrown, req, res));
  };
  /** Counted as every request is. */
  const refuse = async (problem: CloudError, req: IncomingMessage, res: ServerResponse): Promise<never> => {
    res.shouldKeepAlive = false; // where its body ends is anybody's guess
    await enter(deps.fairUse, req, res, { lasting: false, public: true });
    throw problem;
  };
  const pages = createPages(deps, answer, fail);
  return (req, res) => {
    begin(req, res);
    for (const [name, value] of headers) res.setHeader(name, value);
    const problem = headProblem(req) ?? expectationProblem(req);
    if (problem) void refuse(problem, req, res).catch((thrown: unknown) => fail(thrown, req, res));
    else if (req.url?.startsWith('/v1/')) void answer(req, res);
    else pages(req, res);
  };
}

/** What is no API operation: health, the OpenAPI document and the page that draws it. */
function createPages(deps: AppDeps, otherwise: Answer, fail: Fail): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  const probe = counted((req, res) => enterProbe(deps.fairUse, req, res));
  const page = counted((req, res) => enter(deps.fairUse, req, res, { lasting: false, public: true }));
  app.get('/health/live', named('/health/live'), probe, (_req, res) => void res.json({ status: 'live' }));
  app.get('/health/ready', named('/health/ready'), probe, async (_req, res) => {
    const { ready, ...rest } = await deps.readiness();
    const ok = ready && deps.accepting();
    const state = ok ? 'ready' : ready ? 'stopping' : 'not ready';
    res.status(ok ? 200 : 503).json({ status: state, ...rest });
  });
  const document = JSON.stringify(deps.openApi);
  app.get(
    '/openapi.json',
    named('/openapi.json'),
    page,
    (_req, res) => void res.type('application/json').send(document),
  );
  // A person who opens the address in a browser reads the reference; a program is told that there is no such route.
  app.get(
    '/',
    (req, res, next) => {
      res.vary('Accept');
      if (req.accepts(['json', 'html']) === 'html') next();
      else next('route');
    },
    named('/'),
    page,
    (_req, res) => void res.redirect('/docs'),
  );
  app.use(docsPage(page));
  app.use(otherwise);
  // Express knows an error handler by its four parameters.
  app.use((thrown: unknown, req: Request, res: Response, _next: NextFunction) => fail(thrown, req, res));
  return app;
}

/** The answer waits for leave. */
const counted =
  (leave: (req: Request, res: Response) => Promise<unknown>): RequestHandler =>
  async (req, res, next) => {
    await leave(req, res);
    next();
  };

type Answer = (req: IncomingMessage, res: ServerResponse) => Promise<void>;
type Fail = (thrown: unknown, req: IncomingMessage, res: ServerResponse) => void;

function failure(log: Logger): Fail {
  return (thrown, req, res) => {
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
function discardRest(req: IncomingMessage, res: ServerResponse): void {
  if (req.complete || req.destroyed) return;
  req.resume();
  const timer = setTimeout(() => req.socket.destroy(), discardMs).unref();
  req.once('end', () => clearTimeout(timer));
  res.once('close', () => req.complete && clearTimeout(timer));
}
