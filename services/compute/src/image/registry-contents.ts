import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { RegistryOptions } from './registry';

const CALL_MS = 30_000;
const PAGE = 200;
const LOOK_MS = 1_000;
const MANIFESTS = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
].join(', ');

const blobSchema = z.looseObject({ digest: z.string() });
/** A manifest as this registry keeps it (OCI manifest.md, and Docker's schema 2, which is alike). */
const manifestSchema = z.looseObject({ config: blobSchema, layers: z.array(blobSchema) });

/** A page of `_catalog` (docker-registry answers null for none). */
const catalogSchema = z.looseObject({ repositories: z.array(z.string()).nullish() });

interface Call {
  /** Statuses that are an answer besides success. */
  readonly also?: readonly number[];
  readonly signal?: AbortSignal;
  readonly body?: { readonly type: string; readonly bytes: Buffer };
}

/** What the cloud's own registry holds, by its HTTP API (OCI distribution). Errors are Node's, or say the status. */
export class RegistryContents {
  constructor(private readonly o: RegistryOptions) {}

  /** The ids that name a repository, some at a time, in the order of the registry. */
  async *imageIds(): AsyncGenerator<string[]> {
    for (let last = ''; ;) {
      const query = new URLSearchParams({ n: String(PAGE), ...(last ? { last } : {}) });
      const body = await text(await this.#ask('GET', `/v2/_catalog?${query.toString()}`));
      const names = catalogSchema.parse(JSON.parse(body)).repositories ?? [];
      yield names.filter((name) => name.startsWith('images/')).map((name) => name.slice('images/'.length));
      if (names.length < PAGE) return;
      if (names.at(-1) === last) throw new Error('the registry repeats a page of its catalogue');
      last = names.at(-1) ?? '';
    }
  }

  /** The digest of the manifest that a repository has; undefined: it has none. */
  async digestOf(imageId: string): Promise<string | undefined> {
    const answer = await this.#ask('HEAD', `/v2/images/${imageId}/manifests/latest`, { also: [404] });
    answer.resume();
    const digest = answer.headers['docker-content-digest'];
    return answer.statusCode === 200 && typeof digest === 'string' ? digest : undefined;
  }

  /** Its layers go when the registry collects garbage. Absent is fine. */
  async remove(imageId: string, digest: string): Promise<void> {
    (await this.#ask('DELETE', `/v2/images/${imageId}/manifests/${digest}`, { also: [404] })).resume();
  }

  /**
   * Gives an image's manifest and all that it refers to a second repository, which shares the blobs and does not depend
   * on the first. False: the registry does not have the image.
   */
  async copy(
    original: { id: string; digest: string },
    copyId: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { id, digest } = original;
    const found = await this.#ask('GET', `/v2/images/${id}/manifests/${digest}`, { also: [404], signal });
    const bytes = await buffer(found);
    if (found.statusCode === 404) return false;
    const { config, layers } = manifestSchema.parse(JSON.parse(bytes.toString('utf8')));
    for (const blob of new Set([config, ...layers].map((one) => one.digest))) {
      const mount = new URLSearchParams({ mount: blob, from: `images/${id}` });
      const answer = await this.#ask('POST', `/v2/images/${copyId}/blobs/uploads/?${mount.toString()}`, {
        signal,
      });
      answer.resume();
      // 202: it does not have the blob, and waits for its bytes.
      if (answer.statusCode !== 201) return false;
    }
    const body = { type: found.headers['content-type'] ?? '', bytes };
    (await this.#ask('PUT', `/v2/images/${copyId}/manifests/latest`, { signal, body })).resume();
    return true;
  }

  /** Whether it takes images in now: while it collects garbage it does not. */
  async takesImages(): Promise<boolean> {
    try {
      const begun = await this.#ask('POST', '/v2/images/probe/blobs/uploads/', { also: [405] });
      begun.resume();
      const { location } = begun.headers;
      if (begun.statusCode !== 202 || !location) return false;
      const { pathname, search } = new URL(location, 'https://registry/');
      (await this.#ask('DELETE', `${pathname}${search}`, { also: [404] })).resume();
      return true;
    } catch {
      return false; // it does not answer, or with an error
    }
  }

  /** Waits until it takes images. False: it still takes none after that time, or the signal has fired. */
  async untilItTakesImages(signal: AbortSignal, patienceMs: number): Promise<boolean> {
    const giveUp = performance.now() + patienceMs;
    while (!(await this.takesImages())) {
      if (signal.aborted || performance.now() > giveUp) return false;
      await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
    return true;
  }

  #ask(method: string, path: string, { also = [], signal, body }: Call = {}): Promise<IncomingMessage> {
    const { address, username, password, caFile } = this.o;
    const options = {
      ...{ method, auth: `${username}:${password}`, ca: readFileSync(caFile) },
      headers: { accept: MANIFESTS, ...(body ? { 'content-type': body.type } : {}) },
      signal: AbortSignal.any([AbortSignal.timeout(CALL_MS), ...(signal ? [signal] : [])]),
    };
    return new Promise((resolve, reject) => {
      const asked = request(`https://${address}${path}`, options, (answer) => {
        const status = answer.statusCode ?? 0;
        answer.on('error', () => undefined); // its reader gets the error
        if ((status >= 200 && status < 300) || also.includes(status)) return resolve(answer);
        answer.destroy();
        reject(new Error(`the registry answered ${method} ${path} with ${status}`));
      });
      asked.on('error', reject);
      asked.end(body?.bytes);
    });
  }
}
