import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { bitFlips, readEach, truncations } from '@thecloud/testkit';
import { gnuTar, tarOf } from '../fixtures/layers';
import { archiveToLayout } from './archive-to-layout';
import { UnpackBudget } from './unpack-budget';

jest.setTimeout(240_000);
const dir = mkdtempSync(join(tmpdir(), 'archives-'));
afterAll(() => rmSync(dir, { recursive: true }));
const signal = new AbortController().signal;
const wanted = { x64: 'amd64', arm64: 'arm64' }[process.arch as 'x64'];
let made = 0;

interface Taken {
  kind: string;
  layout: string;
  manifest: { layers: Array<{ digest: string }> };
  config: { os: string; config: { Cmd?: string[]; StopSignal?: string } };
}

/** What an upload of these bytes becomes. */
async function take(bytes: Uint8Array, unpackedBytes = 256 << 20): Promise<Taken> {
  const work = join(dir, `take-${(made += 1)}`);
  mkdirSync(work);
  writeFileSync(join(work, 'upload'), bytes);
  const budget = new UnpackBudget({ bytes: unpackedBytes });
  const options = { dir: join(work, 'work'), command: ['/bin/true'], budget, signal };
  const { kind, layout } = await archiveToLayout(join(work, 'upload'), options);
  const json = (digest: string) =>
    JSON.parse(readFileSync(join(layout.dir, 'blobs', digest.replace(':', '/')), 'utf8')) as never;
  const index = JSON.parse(readFileSync(join(layout.dir, 'index.json'), 'utf8')) as {
    manifests: [{ digest: string }];
  };
  const manifest: Taken['manifest'] & { config: { digest: string } } = json(index.manifests[0].digest);
  return { kind, layout: layout.dir, manifest, config: json(manifest.config.digest) };
}

/** The image of a root file system, as an archive that skopeo wrote: "docker-archive", "oci-archive", "oci". */
async function written(to: string, name: string, root = gnuTar(), options: string[] = []): Promise<string> {
  const { layout } = await take(root);
  const path = join(dir, name);
  const format = to === 'docker-archive' ? 'v2s2' : 'oci';
  const args = ['--insecure-policy', 'copy', '-q', '--format', format, ...options, `oci:${layout}`];
  execFileSync('skopeo', [...args, `${to}:${path}:starter:${made}`]);
  return path;
}

/** An image layout as a tarball, as `tar -c` makes one of a directory. */
const tarred = (layout: string): Buffer =>
  execFileSync('tar', ['-C', layout, '-c', '.'], { maxBuffer: 64 << 20 });

/** A layout, by hand: its documents are whatever a test wants. */
function layoutOf(
  config: object,
  root: Buffer,
  change: (manifest: Record<string, unknown>) => object = (m) => m,
): string {
  const layout = join(dir, `layout-${(made += 1)}`);
  mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true });
  const blob = (content: Buffer, mediaType: string) => {
    const hex = createHash('sha256').update(content).digest('hex');
    writeFileSync(join(layout, 'blobs', 'sha256', hex), content);
    return { mediaType, digest: `sha256:${hex}`, size: content.length };
  };
  const diffId = `sha256:${createHash('sha256').update(root).digest('hex')}`;
  const json = {
    os: 'linux',
    architecture: wanted,
    rootfs: { type: 'layers', diff_ids: [diffId] },
    ...config,
  };
  const manifest = change({
    schemaVersion: 2,
    config: blob(Buffer.from(JSON.stringify(json)), 'application/vnd.oci.image.config.v1+json'),
    layers: [blob(gzipSync(root), 'application/vnd.oci.image.layer.v1.tar+gzip')],
  });
  const manifests = [
    blob(Buffer.from(JSON.stringify(manifest)), 'application/vnd.oci.image.manifest.v1+json'),
  ];
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  return layout;
}

describe('a root file system', () => {
  it.each([
    ['tar --format=v7', () => gnuTar('--format=v7')],
    ['tar --format=posix --sparse', () => gnuTar('--format=posix', '--sparse')],
    ['tar -z', () => gnuTar('-z')],
    ['tar --zstd', () => gnuTar('--zstd')],
    ['one that has a /manifest.json', () => tarOf({ name: 'manifest.json', content: '{"name":"web"}' })],
    ['one that has a list there', () => tarOf({ name: './manifest.json', content: '[{"src":"a.js"}]' })],
    ['one that has a broken one', () => tarOf({ name: './manifest.json', content: '{' })],
    ['one that has an /oci-layout', () => tarOf({ name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' })],
    ['one that has an /index.json', () => tarOf({ name: 'oci-layout', content: 'x' }, { name: 'index.json', content: '{}' })],
  ])('is taken for what it is: %s', async (_what, tar) => {
    const { kind, config, manifest } = await take(await tar());
    expect({ kind, command: config.config.Cmd }).toEqual({ kind: 'root-filesystem', command: ['/bin/true'] });
    expect(manifest.layers).toHaveLength(1);
  }); // prettier-ignore

  it('that hosts cannot unpack is refused', async () => {
    await expect(take(gnuTar('--format=gnu', '--sparse', '-z'))).rejects.toThrow('sparse');
  });
});

describe('an archive of an image', () => {
  it.each([
    ['docker-archive', (bytes: Buffer) => bytes],
    ['docker-archive', gzipSync],
    ['docker-archive', zstdCompressSync],
    ['oci-archive', (bytes: Buffer) => bytes],
    ['oci-archive', gzipSync],
  ])('is taken: %s', async (kind, compressed) => {
    const path = await written(kind, `${kind}-${made}.tar`);
    const taken = await take(compressed(readFileSync(path)));
    expect({ kind: taken.kind, command: taken.config.config.Cmd }).toEqual({ kind, command: ['/bin/true'] });
  });

  it('may have layers in zstd, which become gzip', async () => {
    const layout = await written('oci', 'zstd', gnuTar(), ['--dest-compress-format', 'zstd']);
    const { manifest, layout: out } = await take(tarred(layout));
    const [layer] = manifest.layers;
    const bytes = readFileSync(join(out, 'blobs', layer?.digest.replace(':', '/') ?? ''));
    expect(bytes.readUInt16BE()).toBe(0x1f8b);
  });

  it('may name one image twice, but hold no second one', async () => {
    const root = gnuTar();
    await written('oci', 'two', root);
    const two = await written('oci', 'two', root);
    const index = JSON.parse(readFileSync(join(two, 'index.json'), 'utf8')) as { manifests: unknown[] };
    expect(index.manifests).toHaveLength(2);
    expect((await take(tarred(two))).kind).toBe('oci-archive');
    const three = await written('oci', 'two', await tarOf({ name: 'other' }));
    await expect(take(tarred(three))).rejects.toThrow(
      /it holds 2 images \(.*starter.*\); save one at a time/,
    );
  });

  it('for other platforms is refused with those found and the one wanted', async () => {
    const windows = layoutOf({ os: 'windows', architecture: 'amd64' }, gnuTar());
    await expect(take(tarred(windows))).rejects.toMatchObject({
      reason: 'IMAGE_PLATFORM_UNSUPPORTED',
      message: expect.stringContaining(
        `for windows/amd64, but the hosts of this cloud run linux/${wanted}`,
      ) as string,
    });
    const mips = layoutOf({ architecture: 'mips', variant: 'le' }, gnuTar());
    await expect(take(tarred(mips))).rejects.toThrow(/linux\/mips\/le/);
  });

  it.each([
    ['SIGFOO', false], ['0', false], ['99', false], ['RTMIN+99', false], ['TERM TERM', false],
    ['SIGTERM', true], ['quit', true], ['9', true], ['SIGRTMIN+3', true], ['', true],
  ])('with the StopSignal %p: accepted is %p', async (signalName, accepted) => {
    const taken = take(tarred(layoutOf({ config: { StopSignal: signalName } }, gnuTar())));
    if (accepted) expect((await taken).config.config.StopSignal).toBe(signalName);
    else await expect(taken).rejects.toMatchObject({ reason: 'IMAGE_CONFIG_INVALID' });
  }); // prettier-ignore

  it.each([
    ['a configuration of the wrong shape', { config: { Cmd: 5 } }, {}, 'config.Cmd'],
    ['more layers than its configuration names', { rootfs: { type: 'layers', diff_ids: [] } }, {}, 'names 0 layers'],
    ['another layer than named', { rootfs: { type: 'layers', diff_ids: [`sha256:${'0'.repeat(64)}`] } }, {}, 'is damaged'],
    ['no such layer', {}, { layers: [{ digest: `sha256:${'0'.repeat(64)}`, size: 1 }] }, 'it lacks the file'],
    ['something else than an image', {}, { config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: `sha256:${'0'.repeat(64)}`, size: 1 } }, 'no container image'],
  ])('with %s is refused', async (_what, config, change, why) => {
    await expect(take(tarred(layoutOf(config, gnuTar(), (m) => ({ ...m, ...change }))))).rejects.toThrow(why);
  }); // prettier-ignore
});

describe('an upload that would keep the cloud busy', () => {
  const named = (times: number) => {
    const root = gnuTar();
    const diffId = `sha256:${createHash('sha256').update(root).digest('hex')}`;
    const config = { rootfs: { type: 'layers', diff_ids: Array<string>(times).fill(diffId) } };
    const change = (m: Record<string, unknown>) => ({ ...m, layers: Array(times).fill((m['layers'] as unknown[])[0]) });
    return { tar: tarred(layoutOf(config, root, change)), size: root.length };
  }; // prettier-ignore

  it('may name a layer many times, which is unpacked once', async () => {
    const { tar, size } = named(127);
    const { manifest } = await take(tar, size);
    expect(manifest.layers).toHaveLength(127);
    await expect(take(tar, size - 1)).rejects.toThrow('unpacked it is larger than');
  });

  it.each([128, 1000])('with %p layers is refused', async (times) => {
    await expect(take(named(times).tar)).rejects.toMatchObject({
      reason: 'IMAGE_ARCHIVE_INVALID',
      message: expect.stringContaining(`it has ${times} layers, and hosts stack at most 127`) as string,
    });
  });

  it('has one budget for its tarball and its layers', async () => {
    const { tar, size } = named(1);
    const both = tar.length + size;
    expect((await take(gzipSync(tar), both)).kind).toBe('oci-archive');
    await expect(take(gzipSync(tar), both - 1)).rejects.toThrow('unpacked it is larger than');
  });

  it('as a bomb of zeros is refused before much of it is written', async () => {
    const bomb = gzipSync(Buffer.alloc(64 << 20));
    await expect(take(bomb, 1 << 20)).rejects.toThrow('unpacked it is larger than 1 MiB');
    const written = statSync(join(dir, `take-${made}`, 'work', 'upload.plain')).size;
    expect(written).toBeLessThanOrEqual(1 << 20);
  });
});

describe('damaged bytes', () => {
  it.each([
    ['a tarball', () => Promise.resolve(gnuTar())],
    ['a gzipped tarball', () => Promise.resolve(gnuTar('-z'))],
    ['docker save', async () => readFileSync(await written('docker-archive', 'damaged-docker.tar'))],
    ['an OCI archive', async () => readFileSync(await written('oci-archive', 'damaged-oci.tar'))],
  ])('of %s are read, or refused for what is wrong with them', async (_what, make) => {
    const whole = await make();
    const damaged = [...truncations(whole, 20), ...bitFlips(whole, 40, 9)];
    for (const { how, error } of await readEach(damaged, (bytes) => take(bytes)))
      if (error)
        expect({ how, error }).toMatchObject({
          error: { reason: expect.stringMatching(/^IMAGE_(ARCHIVE_INVALID|CONFIG_INVALID|PLATFORM_UNSUPPORTED)$/) as string },
        });
  }); // prettier-ignore
});
