import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

export interface HttpMetrics {
  readonly requests: Counter<'method' | 'route' | 'status'>;
  readonly duration: Histogram<'method' | 'route'>;
}

/** By route template, never by path: labels stay few however many resources there are. */
export function createHttpMetrics(registry: Registry): HttpMetrics {
  return {
    requests: new Counter({
      name: 'http_requests_total',
      help: 'HTTP requests answered, by route template and status',
      labelNames: ['method', 'route', 'status'],
      registers: [registry],
    }),
    duration: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the first byte of a request to the end of its answer',
      labelNames: ['method', 'route'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 70],
      registers: [registry],
    }),
  };
}

export interface StreamMetrics {
  readonly open: Gauge<'route' | 'kind'>;
}

export function createStreamMetrics(registry: Registry): StreamMetrics {
  return {
    open: new Gauge({
      name: 'thecloud_gateway_open_streams',
      help: 'Streams being served, by route template and kind: websocket or chunked',
      labelNames: ['route', 'kind'],
      registers: [registry],
    }),
  };
}
