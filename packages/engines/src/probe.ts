import { readFileSync } from 'node:fs';
import { request as plainRequest, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { TlsFiles } from './engine';

export interface HttpTarget {
  port?: number;
  socketPath?: string;
  path: string;
  method?: string;
  headers?: Record<string, string>;
  /** Also presented as the client's certificate. */
  tls?: TlsFiles;
}

export interface HttpAnswer {
  status: number;
  body: string;
}

/** One small request on loopback or a Unix socket; answers over 1 MiB are an error. */
export function http(target: HttpTarget, signal: AbortSignal): Promise<HttpAnswer> {
  const options: RequestOptions = {
    method: target.method ?? 'GET',
    path: target.path,
    headers: target.headers,
    agent: false,
    signal,
    ...(target.socketPath === undefined
      ? { host: '127.0.0.1', port: target.port }
      : { socketPath: target.socketPath }),
  };
  return new Promise((resolve, reject) => {
    const request = target.tls ? tlsRequest({ ...options, ...clientTls(target.tls) }) : plainRequest(options);
    request.on('error', reject);
    request.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
        if (body.length > 1024 * 1024) request.destroy(new Error('answer over 1 MiB'));
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.end();
  });
}

/**
 * The authority alone identifies the peer: nobody else's certificate is signed by it, and which names an engine's
 * certificate carries is the caller's choice.
 */
export function clientTls(files: TlsFiles) {
  return {
    ca: readFileSync(files.ca),
    cert: readFileSync(files.cert),
    key: readFileSync(files.key),
    checkServerIdentity: () => undefined,
  };
}
