import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { EgressGuard } from '@thecloud/service-kit';
import { z } from 'zod';
import { jsonOf } from './archive-index';
import type { Reference } from './reference';
import { failureOfConnection, SourceFailure } from './source-failure';
import { SourceRegistry } from './source-registry';
import { refuseNeverFits } from './spool-disk';
import type { SpoolRoom } from './spool-disk';

const MANIFEST_BYTES = 4 << 20;
const MIB = 1024 * 1024;
export const NO_ROOM = 'The cloud has not enough free disk space to take this image.';

export interface RelayOptions {
  readonly guard: EgressGuard;
  readonly limitMib: number;
  readonly room: SpoolRoom;
  readonly signal: AbortSignal;
}

/**
 * One image of a foreign registry, served to skopeo on loopback for the time of one import. skopeo resolves names and
 * follows redirects, tokens' addresses and layers' URLs by itself, and Go leaves loopback out of every proxy; so it is
 * shown none of those, and connects to nothing but this. Counts what comes, and remembers what went wrong.
 */
export class SourceRelay {
  readonly #server: Server;
  readonly #upstream: SourceRegistry;
  #bytes = 0;
  #failure: SourceFailure | undefined;

  private constructor(
    private readonly reference: Reference,
    private readonly o: RelayOptions,
  ) {
    this.#upstream = new SourceRegistry(o.guard, reference, o.signal);
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async open(reference: Reference, options: RelayOptions): Promise<SourceRelay> {
    const relay = new SourceRelay(reference, options);
    await new Promise<void>((resolve, reject) => {
      relay.#server.once('error', reject);
      relay.#server.listen(0, '127.0.0.1', resolve);
    });
    return relay;
  }

  /** For skopeo, which must be told not to expect TLS. */
  get source(): string {
    const { repository, version } = this.reference;
    return `docker://${this.#address}/${repository}${version.startsWith('sha256:') ? '@' : ':'}${version}`;
  }

  /** What last went wrong on the far side; undefined: nothing did. */
  get failure(): SourceFailure | undefined {
    return this.#failure;
  }

  async close(): Promise<void> {
    this.#upstream.close();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  get #address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined); // skopeo went away
    const { method, url = '' } = request;
    const prefix = `/v2/${this.reference.repository}/`;
    if (url === '/v2/') return void response.end('{}');
    const path = url.startsWith(prefix) ? url.slice(prefix.length) : '';
    if ((method !== 'GET' && method !== 'HEAD') || !/^(manifests|blobs)\/[\w.:-]+$/.test(path))
      return void response.writeHead(404).end();
    try {
      const accept = request.headers.accept ?? '*/*';
      const answer = await this.#upstream.open(path, method, { accept });
      answer.on('error', () => undefined); // its reader gets the error
      if (method === 'HEAD') return void response.writeHead(200, shown(answer)).end();
      if (path.startsWith('manifests/')) await this.#passManifest(answer, response);
      else await this.#passBlob(answer, response);
    } catch (cause) {
      if (isReaderGone(cause)) return; // skopeo has its reasons, and says them
      this.#failure = failureOfConnection(this.reference.registry, cause);
      if (response.headersSent) response.destroy();
      else response.writeHead(502, { 'content-type': 'application/json' }).end('{"errors":[]}');
    }
  }

  async #passManifest(answer: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of answer as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > MANIFEST_BYTES)
        throw new SourceFailure('IMPORT_FAILED', `Its manifest is larger than ${MANIFEST_BYTES} bytes.`);
      pieces.push(piece);
    }
    const body = Buffer.concat(pieces);
    this.#refuseLarge(sizeOf(body.toString('utf8')));
    if (namesUrls(body.toString('utf8')))
      throw new SourceFailure(
        'IMPORT_SOURCE_REFUSED',
        'Layers of this image lie outside its registry (`urls` in its manifest).',
      );
    response.writeHead(200, { ...shown(answer), 'content-length': bytes }).end(body);
  }

  async #passBlob(answer: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#take(0, Number(answer.headers['content-length'] ?? 0));
    response.writeHead(200, shown(answer));
    const count = async function* (this: SourceRelay, source: AsyncIterable<Buffer>) {
      for await (const piece of source) {
        this.#take(piece.length, 0);
        yield piece;
      }
    };
    await pipeline(answer, count.bind(this), response);
  }

  #take(bytes: number, announced: number): void {
    this.#bytes += bytes;
    this.#refuseLarge(this.#bytes + announced);
  }

  /** The image is above the limit, or larger than there is room for: ever, or now. */
  #refuseLarge(bytes: number): void {
    const { limitMib, room } = this.o;
    if (bytes > limitMib * MIB)
      throw new SourceFailure('IMPORT_TOO_LARGE', `The image is larger than the ${limitMib} MiB allowed.`);
    try {
      refuseNeverFits(room, bytes);
    } catch (cause) {
      throw new SourceFailure('IMAGE_NEVER_FITS', (cause as Error).message);
    }
    if (bytes > room.bytes) throw new SourceFailure('IMPORT_SPOOL_FULL', NO_ROOM);
  }
}

function shown({ headers }: IncomingMessage): Record<string, string> {
  const names = ['content-type', 'content-length', 'docker-content-digest'];
  return Object.fromEntries(names.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : [])));
}

const blobSchema = z.looseObject({ digest: z.string(), size: z.number().nonnegative() });
const imageSchema = z.looseObject({ config: blobSchema, layers: z.array(blobSchema) });

/** What the blobs of a manifest come to, each once, as it says. 0: it is not that of one image. */
function sizeOf(manifest: string): number {
  const { success, data } = imageSchema.safeParse(jsonOf(manifest));
  if (!success) return 0;
  const sizes = new Map([data.config, ...data.layers].map(({ digest, size }) => [digest, size]));
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

/** Readers that go away leave a response closed before its end; a far side that does so is ECONNRESET. */
const isReaderGone = (cause: unknown) =>
  (cause as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';

/**
 * Whether a manifest tells its reader to get layers elsewhere. By its text: readers of JSON differ in repeated keys and
 * in the case of letters, and Go's takes "URLS" and an escaped letter for the same.
 */
export function namesUrls(manifest: string): boolean {
  const plain = manifest.replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return /"urls"\s*:/iu.test(plain);
}
