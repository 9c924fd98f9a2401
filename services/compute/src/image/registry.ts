import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { CloudError } from '@thecloud/kernel';
import { errors } from '../errors';
import { skopeo, SkopeoFailure } from './skopeo';

const COPY_MS = 10 * 60_000;
const ASK_MS = 30_000;
const PROBE_MS = 900;

export interface RegistryOptions {
  /** host:port, as hosts reach it. */
  readonly address: string;
  readonly username: string;
  readonly password: string;
  /** PEM of the CA of its certificate. */
  readonly caFile: string;
  /** A directory of this process's own: credentials (0600) and uploads live here. */
  readonly spoolDir: string;
}

/** What a copy into the registry came to. */
export interface Copied {
  readonly digest: string;
  readonly sizeBytes: bigint;
}

/** The cloud's own registry, driven by skopeo. Every image is a repository of its own: "images/<id>". */
export class Registry {
  readonly #authFile: string;
  readonly #certDir: string;

  constructor(private readonly o: RegistryOptions) {
    mkdirSync(o.spoolDir, { recursive: true, mode: 0o700 });
    chmodSync(o.spoolDir, 0o700);
    // What a killed process was receiving; nobody waits for it any more.
    for (const left of readdirSync(o.spoolDir).filter((name) => name.startsWith('upload-')))
      rmSync(join(o.spoolDir, left), { recursive: true, force: true });
    this.#authFile = join(o.spoolDir, 'registry-auth.json');
    const auth = Buffer.from(`${o.username}:${o.password}`).toString('base64');
    writeFileSync(this.#authFile, JSON.stringify({ auths: { [o.address]: { auth } } }), { mode: 0o600 });
    this.#certDir = join(o.spoolDir, 'registry-certs');
    mkdirSync(this.#certDir, { recursive: true, mode: 0o700 });
    writeFileSync(join(this.#certDir, 'ca.crt'), readFileSync(o.caFile), { mode: 0o600 });
  }

  reference(imageId: string, digest: string): string {
    return `${this.o.address}/images/${imageId}@${digest}`;
  }

  /** Is it this very registry, host[:port]? Its images belong to projects, so nobody imports from it. */
  isOwn(address: string): boolean {
    return address === this.o.address;
  }

  /** Whether it answers, to us. */
  answers(): Promise<boolean> {
    const { address, username, password, caFile } = this.o;
    const options = { auth: `${username}:${password}`, ca: readFileSync(caFile), timeout: PROBE_MS };
    return new Promise((resolve) => {
      const request = get(`https://${address}/v2/`, options, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      request.once('timeout', () => request.destroy());
      request.once('error', () => resolve(false));
      request.once('close', () => resolve(false));
    });
  }

  /** A fresh directory for one upload. */
  spool(): string {
    return mkdtempSync(join(this.o.spoolDir, 'upload-'));
  }

  /**
   * Copies an image in; doing it again changes nothing. `source` in skopeo's words: "docker://…", "oci:DIR",
   * "docker-archive:FILE", "oci-archive:FILE". UNAVAILABLE REGISTRY_FAILED, with a SkopeoFailure for the log.
   */
  async copyIn(source: string, imageId: string, signal?: AbortSignal): Promise<Copied> {
    const scratch = this.spool();
    try {
      const digestFile = join(scratch, 'digest');
      const destination = `docker://${this.o.address}/images/${imageId}:latest`;
      const policy = ['--insecure-policy', '--override-os', 'linux'];
      // Our own credentials are for the destination only. A source that is a registry is a SourceRelay.
      const from = ['--src-no-creds', '--src-tls-verify=false'];
      const to = [
        '--dest-cert-dir',
        this.#certDir,
        '--dest-authfile',
        this.#authFile,
        '--digestfile',
        digestFile,
        '--format',
        'v2s2',
      ];
      await this.#skopeo([...policy, 'copy', ...from, ...to, source, destination], COPY_MS, signal);
      const digest = readFileSync(digestFile, 'utf8').trim();
      return { digest, sizeBytes: await this.#sizeOf(imageId, digest) };
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  /** The manifest of an image elsewhere, or its configuration, as they are. UNAVAILABLE REGISTRY_FAILED. */
  inspect(source: string, what: 'manifest' | 'config', signal: AbortSignal): Promise<string> {
    const options = ['--raw', ...(what === 'config' ? ['--config'] : []), '--no-creds', '--tls-verify=false'];
    return this.#skopeo(['--override-os', 'linux', 'inspect', ...options, source], COPY_MS, signal);
  }

  /** Fetches an image from elsewhere into a directory, as it is there. UNAVAILABLE REGISTRY_FAILED. */
  async fetch(source: string, dir: string, signal: AbortSignal): Promise<void> {
    const policy = ['--insecure-policy', '--override-os', 'linux'];
    const from = ['--src-no-creds', '--src-tls-verify=false'];
    await this.#skopeo([...policy, 'copy', ...from, source, `dir:${dir}`], COPY_MS, signal);
  }

  /** Deletes an image's manifest; its layers go when the registry collects garbage. Absent is fine. */
  async remove(imageId: string, digest: string): Promise<void> {
    try {
      await this.#skopeo(
        [
          'delete',
          '--cert-dir',
          this.#certDir,
          '--authfile',
          this.#authFile,
          `docker://${this.reference(imageId, digest)}`,
        ],
        ASK_MS,
      );
    } catch (cause) {
      if (!/manifest unknown|name unknown|not found/i.test(saidBy(cause))) throw cause;
    }
  }

  async #sizeOf(imageId: string, digest: string): Promise<bigint> {
    const raw = await this.#skopeo(
      [
        'inspect',
        '--raw',
        '--cert-dir',
        this.#certDir,
        '--authfile',
        this.#authFile,
        `docker://${this.reference(imageId, digest)}`,
      ],
      ASK_MS,
    );
    const manifest = JSON.parse(raw) as { layers?: Array<{ size: number }> };
    return (manifest.layers ?? []).reduce((sum, layer) => sum + BigInt(layer.size), 0n);
  }

  async #skopeo(args: string[], timeoutMs: number, signal?: AbortSignal): Promise<string> {
    return skopeo(args, timeoutMs, signal).catch((cause: unknown) => {
      throw cause instanceof SkopeoFailure ? errors.REGISTRY_FAILED({ why: cause.why }, cause) : cause;
    });
  }
}

/** What skopeo said when it failed, for the log; empty: nothing. */
export function saidBy(failure: unknown): string {
  const { cause } = failure instanceof CloudError ? failure : {};
  return cause instanceof SkopeoFailure ? cause.said : '';
}
