import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/**
 * Turns a tarball of a root file system into an OCI image layout (github.com/opencontainers/image-spec) of one layer
 * under `dir`, for skopeo to copy. Reads and writes streams: the size of the tarball does not matter.
 */
export async function rootFilesystemToOci(
  tarball: string,
  gzipped: boolean,
  command: readonly string[],
  dir: string,
): Promise<void> {
  const blobs = join(dir, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const plain = digesting();
  const packed = digesting();
  const layerFile = join(dir, 'layer');
  const unpack = gzipped ? [createGunzip()] : [];
  await pipeline([
    createReadStream(tarball),
    ...unpack,
    plain.stream,
    createGzip({ level: 1 }),
    packed.stream,
    createWriteStream(layerFile),
  ]);
  await rename(layerFile, join(blobs, packed.hex()));

  const config = await blob(blobs, {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      Cmd: command.length ? command : ['/bin/sh'],
    },
    rootfs: { type: 'layers', diff_ids: [`sha256:${plain.hex()}`] },
  });
  const manifest = await blob(blobs, {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: [
      {
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        digest: `sha256:${packed.hex()}`,
        size: packed.bytes(),
      },
    ],
  });
  await writeFile(join(dir, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await writeFile(
    join(dir, 'index.json'),
    JSON.stringify({
      schemaVersion: 2,
      manifests: [{ mediaType: 'application/vnd.oci.image.manifest.v1+json', ...manifest }],
    }),
  );
}

async function blob(blobs: string, content: object): Promise<{ digest: string; size: number }> {
  const text = JSON.stringify(content);
  const hex = createHash('sha256').update(text).digest('hex');
  await writeFile(join(blobs, hex), text);
  return { digest: `sha256:${hex}`, size: Buffer.byteLength(text) };
}

/** Passes bytes on and counts and hashes them. */
function digesting(): { stream: Transform; hex(): string; bytes(): number } {
  const hash = createHash('sha256');
  let bytes = 0;
  let hex: string | undefined;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, hex: () => (hex ??= hash.digest('hex')), bytes: () => bytes };
}
