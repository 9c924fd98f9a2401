import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createSecureContext, rootCertificates } from 'node:tls';
import { GuardedHttpAgent, GuardedHttpsAgent } from '@thecloud/service-kit';
import type { EgressGuard } from '@thecloud/service-kit';
import type { Reference } from './reference';
import { failureOfConnection, failureOfStatus, SourceFailure } from './source-failure';

const MOST_REDIRECTS = 5;
const KEPT = { keepAlive: true, maxSockets: 8 };
const SMALL_BODY_BYTES = 64 * 1024;
const SYSTEM_CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

type Headers = Record<string, string>;

/**
 * A registry that a tenant names, by the OCI distribution protocol. Its redirects, and where it sends us for a token,
 * are followed here and through the guard alone. Pulls without a login.
 */
export class SourceRegistry {
  readonly #http: GuardedHttpAgent;
  /** Made when it is needed: it reads all that this machine trusts. */
  #https: GuardedHttpsAgent | undefined;
  readonly #base: URL;
  readonly #port: number;
  #plain: boolean | undefined;
  #token = '';

  constructor(
    private readonly guard: EgressGuard,
    private readonly reference: Reference,
    private readonly signal: AbortSignal,
  ) {
    this.#base = new URL(`https://${reference.registry}/`);
    this.#port = Number(this.#base.port) || 443;
    this.#http = new GuardedHttpAgent(guard, KEPT);
  }

  /** `path`: "manifests/latest", "blobs/sha256:…". Answers with a success; SourceFailure is the only error. */
  async open(path: string, method: 'GET' | 'HEAD', headers: Headers): Promise<IncomingMessage> {
    const { registry, repository } = this.reference;
    try {
      const url = new URL(`${await this.#origin()}/v2/${repository}/${path}`);
      let answer = await this.#follow(url, method, headers, this.#token);
      if (answer.statusCode === 401) {
        answer.destroy();
        this.#token = await this.#fetchToken(answer.headers['www-authenticate'] ?? '');
        answer = await this.#follow(url, method, headers, this.#token);
      }
      const status = answer.statusCode ?? 0;
      if (status >= 200 && status < 300) return answer;
      throw failureOfStatus(registry, status, method === 'HEAD' ? '' : said(await smallBody(answer)));
    } catch (cause) {
      throw failureOfConnection(registry, cause);
    }
  }

  close(): void {
    this.#http.destroy();
    this.#https?.destroy();
  }

  #secure(): GuardedHttpsAgent {
    this.#https ??= new GuardedHttpsAgent(this.guard, createSecureContext({ ca: trusted() }), KEPT);
    return this.#https;
  }

  async #origin(): Promise<string> {
    const { hostname, host } = this.#base;
    this.#plain ??= (await this.guard.resolve(hostname, this.#port)).plain;
    return `${this.#plain ? 'http' : 'https'}://${host}${this.#plain && !this.#base.port ? ':443' : ''}`;
  }

  /** `token` goes to the origin of `first` only; none by default. */
  async #follow(first: URL, method: string, headers: Headers, token = ''): Promise<IncomingMessage> {
    let url = first;
    for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
      const own = url.origin === first.origin && token !== '';
      const answer = await this.#send(url, method, {
        ...headers,
        ...(own ? { authorization: `Bearer ${token}` } : {}),
      });
      const { location } = answer.headers;
      if (![301, 302, 303, 307, 308].includes(answer.statusCode ?? 0) || !location) return answer;
      answer.destroy();
      if (!URL.canParse(location, url.href))
        throw new SourceFailure('IMPORT_FAILED', `${url.host} redirects to something that is no address.`);
      url = new URL(location, url);
    }
    throw new SourceFailure('IMPORT_FAILED', `${first.host} redirects more than ${MOST_REDIRECTS} times.`);
  }

  async #send(url: URL, method: string, headers: Headers): Promise<IncomingMessage> {
    const secure = url.protocol === 'https:';
    if (!secure) await this.#checkPlain(url);
    const options = {
      method,
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port || (secure ? 443 : 80),
      path: `${url.pathname}${url.search}`,
      headers: { host: url.host, 'accept-encoding': 'identity', 'user-agent': 'thecloud', ...headers },
      signal: this.signal,
    };
    const request = secure
      ? httpsRequest({ ...options, agent: this.#secure() })
      : httpRequest({ ...options, agent: this.#http });
    return new Promise((resolve, reject) => {
      request.on('error', reject);
      request.once('response', (answer) => {
        // What breaks the connection from now on breaks the answer, and its reader is told why.
        request.on('error', (cause) => answer.destroy(cause));
        resolve(answer);
      });
      request.end();
    });
  }

  /** Without TLS only where the operator says so. */
  async #checkPlain(url: URL): Promise<void> {
    const isHttp = url.protocol === 'http:';
    if (isHttp && (await this.guard.resolve(url.hostname, Number(url.port) || 80)).plain) return;
    throw new SourceFailure('IMPORT_SOURCE_REFUSED', `${url.host} would be read without TLS.`);
  }

  /**
   * An anonymous token for pulling, from where the challenge says (distribution's "token authentication"). The token
   * before it stays with its registry.
   */
  async #fetchToken(challenge: string): Promise<string> {
    const { registry, repository } = this.reference;
    const parts = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, k, v]) => [k, v]));
    const { realm, service } = parts as { realm?: string; service?: string };
    if (!/^bearer /i.test(challenge) || !realm || !URL.canParse(realm))
      throw failureOfStatus(registry, 401, '');
    const url = new URL(realm);
    if (service) url.searchParams.set('service', service);
    url.searchParams.set('scope', `repository:${repository}:pull`);
    const answer = await this.#follow(url, 'GET', { accept: 'application/json' });
    const body = await smallBody(answer);
    if (answer.statusCode !== 200) throw failureOfStatus(url.host, answer.statusCode ?? 0, said(body));
    const { token, access_token } = asObject(body) as { token?: unknown; access_token?: unknown };
    const given = token ?? access_token;
    if (typeof given !== 'string' || !/^[\x21-\x7e]+$/.test(given)) throw failureOfStatus(registry, 401, '');
    return given;
  }
}

/** What this machine trusts, read anew for each import. */
function trusted(): string[] {
  const file = process.env['SSL_CERT_FILE'] ?? SYSTEM_CERTIFICATES;
  return existsSync(file) ? [...rootCertificates, readFileSync(file, 'utf8')] : [...rootCertificates];
}

async function smallBody(answer: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > SMALL_BODY_BYTES) break; // leaving the loop destroys the answer
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function asObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {}; // not JSON: it says nothing
  }
}

/** The first message of a registry's error, as far as it can be shown. */
function said(body: string): string {
  const { errors } = asObject(body) as { errors?: Array<{ message?: unknown }> };
  const message = Array.isArray(errors) ? errors[0]?.message : undefined;
  return typeof message === 'string' ? message.replace(/[^\x20-\x7e]/g, ' ').slice(0, 200) : '';
}
