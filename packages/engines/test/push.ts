import { createHash } from 'node:crypto';
import { request } from 'node:https';

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

/** One request to a registry on 127.0.0.1, whoever signed its certificate. */
export function ask(
  port: number,
  method: string,
  path: string,
  body?: Buffer,
  type = MANIFEST,
): Promise<{ status: number; location: string }> {
  const headers = {
    accept: MANIFEST,
    ...(body ? { 'content-type': type, 'content-length': body.length } : {}),
  };
  const options = { port, method, path, headers, host: '127.0.0.1', rejectUnauthorized: false, agent: false };
  return new Promise((resolve, reject) => {
    const asked = request(options, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode ?? 0, location: answer.headers.location ?? '' });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

const digestOf = (content: Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`;

async function pushBlob(port: number, repository: string, content: Buffer): Promise<string> {
  const { location } = await ask(port, 'POST', `/v2/${repository}/blobs/uploads/`);
  const { pathname, search } = new URL(location, `https://127.0.0.1:${port}`);
  const digest = digestOf(content);
  const path = `${pathname}${search}&digest=${encodeURIComponent(digest)}`;
  const { status } = await ask(port, 'PUT', path, content, 'application/octet-stream');
  if (status !== 201) throw new Error(`a blob was answered with ${status}`);
  return digest;
}

/** Pushes an image of one layer as "latest", as any client would; answers with digests. */
export async function pushImage(
  port: number,
  repository: string,
  layer: Buffer,
): Promise<{ manifest: string; layer: string }> {
  const config = Buffer.from(JSON.stringify({ made: repository }));
  const describe = async (mediaType: string, content: Buffer) => ({
    ...{ mediaType, size: content.length },
    digest: await pushBlob(port, repository, content),
  });
  const layers = [await describe('application/vnd.docker.image.rootfs.diff.tar.gzip', layer)];
  const manifest = Buffer.from(
    JSON.stringify({
      ...{ schemaVersion: 2, mediaType: MANIFEST, layers },
      config: await describe('application/vnd.docker.container.image.v1+json', config),
    }),
  );
  const { status } = await ask(port, 'PUT', `/v2/${repository}/manifests/latest`, manifest);
  if (status !== 201) throw new Error(`the manifest was answered with ${status}`);
  return { manifest: digestOf(manifest), layer: digestOf(layer) };
}
