import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { RegistryOptions } from './registry';

const CALL_MS = 30_000;
const PAGE = 200;
const MANIFESTS = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
].join(', ');

/** What the cloud's own registry holds, by its HTTP API (OCI distribution). Errors are Node's, or say the status. */
export class RegistryContents {
  constructor(private readonly o: RegistryOptions) {}

  /** The ids that name a repository, some at a time, in the order of the registry. */
  async *imageIds(): AsyncGenerator<string[]> {
    for (let last = ''; ;) {
      const query = new URLSearchParams({ n: String(PAGE), ...(last ? { last } : {}) });
      const body = await text(await this.#ask('GET', `/v2/_catalog?${query.toString()}`));
      const { repositories } = JSON.parse(body) as { repositories?: string[] | null };
      const names = repositories ?? [];
      yield names.filter((name) => name.startsWith('images/')).map((name) => name.slice('images/'.length));
      last = names.at(-1) ?? '';
      if (names.length < PAGE) return;
    }
  }

  /** The digest of the manifest that a repository has; undefined: it has none. */
  async digestOf(imageId: string): Promise<string | undefined> {
    const answer = await this.#ask('HEAD', `/v2/images/${imageId}/manifests/latest`, [404]);
    answer.resume();
    const digest = answer.headers['docker-content-digest'];
    return answer.statusCode === 200 && typeof digest === 'string' ? digest : undefined;
  }

  /** Its layers go when the registry collects garbage. Absent is fine. */
  async remove(imageId: string, digest: string): Promise<void> {
    (await this.#ask('DELETE', `/v2/images/${imageId}/manifests/${digest}`, [404])).resume();
  }

  /** Whether it takes images in now: while it collects garbage it does not. */
  async takesImages(): Promise<boolean> {
    try {
      const begun = await this.#ask('POST', '/v2/images/probe/blobs/uploads/', [405]);
      begun.resume();
      const { location } = begun.headers;
      if (begun.statusCode !== 202 || !location) return false;
      const { pathname, search } = new URL(location, 'https://registry/');
      (await this.#ask('DELETE', `${pathname}${search}`, [404])).resume();
      return true;
    } catch {
      return false; // it does not answer, or with an error
    }
  }

  #ask(method: string, path: string, also: readonly number[] = []): Promise<IncomingMessage> {
    const { address, username, password, caFile } = this.o;
    const options = {
      ...{ method, auth: `${username}:${password}`, ca: readFileSync(caFile) },
      headers: { accept: MANIFESTS },
      signal: AbortSignal.timeout(CALL_MS),
    };
    return new Promise((resolve, reject) => {
      const asked = request(`https://${address}${path}`, options, (answer) => {
        const status = answer.statusCode ?? 0;
        answer.on('error', () => undefined); // told by whoever reads it
        if ((status >= 200 && status < 300) || also.includes(status)) return resolve(answer);
        answer.destroy();
        reject(new Error(`the registry answered ${method} ${path} with ${status}`));
      });
      asked.on('error', reject);
      asked.end();
    });
  }
}
