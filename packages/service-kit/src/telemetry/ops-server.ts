import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface OpsServerOptions {
  /** host:port; port 0 is any free one. */
  readonly address: string;
  readonly registry: Registry;
  /** Names what is missing; empty: ready. */
  readonly missing: () => Promise<string[]>;
}

/** /metrics, /health/live and /health/ready, for operators' machines only: keep its address private. */
export async function startOpsServer({
  address,
  registry,
  missing,
}: OpsServerOptions): Promise<{ port: number; close(): Promise<void> }> {
  const answers: Record<string, () => Promise<{ status: number; type: string; body: string }>> = {
    '/metrics': async () => ({ status: 200, type: registry.contentType, body: await registry.metrics() }),
    '/health/live': () =>
      Promise.resolve({ status: 200, type: 'application/json', body: '{"status":"live"}' }),
    '/health/ready': async () => {
      const waiting = await missing();
      return {
        status: waiting.length ? 503 : 200,
        type: 'application/json',
        body: JSON.stringify({ ready: waiting.length === 0, waiting }),
      };
    },
  };
  const server = createServer((request, response) => {
    const answer =
      answers[request.url ?? ''] ??
      (() => Promise.resolve({ status: 404, type: 'text/plain', body: 'not here\n' }));
    answer().then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  const [host, port] = [
    address.slice(0, address.lastIndexOf(':')),
    Number(address.slice(address.lastIndexOf(':') + 1)),
  ];
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
