import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { digesting } from './digesting';
import { readExtent } from './decompress';
import type { Extent } from './tar-reader';

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

/** An image in a directory, as an OCI image layout (github.com/opencontainers/image-spec), for skopeo to copy. */
export class ImageLayout {
  readonly #blobs: string;
  #files = 0;
  #layersBytes = 0n;

  constructor(readonly dir: string) {
    this.#blobs = join(dir, 'blobs', 'sha256');
  }

  /** What its layers come to in the registry, once it is complete. */
  get layersBytes(): bigint {
    return this.#layersBytes;
  }

  /** A new file in it that is no part of the image, for what is unpacked. */
  async scratch(): Promise<string> {
    await mkdir(this.#blobs, { recursive: true });
    return join(this.dir, `scratch-${(this.#files += 1)}`);
  }

  /** Compresses a layer. `plainDigest` is that of its uncompressed bytes, which configurations name ("diff_ids"). */
  async compressLayer(tarball: Extent, signal: AbortSignal): Promise<Descriptor & { plainDigest: string }> {
    const plain = digesting();
    const layer = await this.#write([readExtent(tarball), plain.stream, createGzip({ level: 1 })], signal);
    return { ...layer, plainDigest: plain.digest() };
  }

  /** Keeps a layer that is compressed by gzip already. */
  keepLayer(compressed: Extent, signal: AbortSignal): Promise<Descriptor> {
    return this.#write([readExtent(compressed)], signal);
  }

  /** Completes it: an image of this configuration and these layers. */
  async complete(config: Uint8Array, layers: readonly Descriptor[]): Promise<void> {
    this.#layersBytes = layers.reduce((sum, { size }) => sum + BigInt(size), 0n);
    const manifest = {
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: await this.#blob(mediaTypes.config, config),
      layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
    };
    const manifests = [await this.#blob(mediaTypes.manifest, Buffer.from(JSON.stringify(manifest)))];
    await writeFile(join(this.dir, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    await writeFile(join(this.dir, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  }

  async #write(from: Array<Readable | NodeJS.ReadWriteStream>, signal: AbortSignal): Promise<Descriptor> {
    const file = await this.scratch();
    const written = digesting();
    await pipeline([...from, written.stream, createWriteStream(file, { mode: 0o600 })], { signal });
    await rename(file, join(this.#blobs, written.digest().replace('sha256:', '')));
    return { mediaType: mediaTypes.layer, digest: written.digest(), size: written.bytes() };
  }

  async #blob(mediaType: string, content: Uint8Array): Promise<Descriptor> {
    await mkdir(this.#blobs, { recursive: true });
    const hex = createHash('sha256').update(content).digest('hex');
    await writeFile(join(this.#blobs, hex), content, { mode: 0o600 });
    return { mediaType, digest: `sha256:${hex}`, size: content.length };
  }
}
