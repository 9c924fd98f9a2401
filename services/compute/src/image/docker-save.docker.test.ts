import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tarOf } from '../fixtures/layers';
import { archiveToLayout } from './archive-to-layout';
import { UnpackBudget } from './unpack-budget';

jest.setTimeout(120_000);
const socket = process.env['THECLOUD_TEST_DOCKER_SOCKET'] ?? '/var/run/docker.sock';
const describeWithDocker = existsSync(socket) ? describe : describe.skip;
const docker = (args: string[], input?: Buffer): Buffer =>
  execFileSync('docker', args, {
    env: { PATH: process.env['PATH'], DOCKER_HOST: `unix://${socket}` },
    maxBuffer: 64 << 20,
    ...(input ? { input } : {}),
  });

describeWithDocker('docker save', () => {
  const dir = mkdtempSync(join(tmpdir(), 'docker-save-'));
  const [a, b, alias] = ['a:1', 'b:1', 'alias:1'].map((name) => `thecloud-compute-test/${name}`) as [
    string,
    string,
    string,
  ];
  let taken = 0;

  beforeAll(async () => {
    docker(['import', '-c', 'CMD ["/a"]', '-', a], await tarOf({ name: 'a', content: 'a' }));
    docker(['import', '-', b], await tarOf({ name: 'b', content: 'b' }));
    docker(['tag', a, alias]);
  });
  afterAll(() => {
    docker(['image', 'rm', '-f', a, b, alias]);
    rmSync(dir, { recursive: true });
  });

  async function take(bytes: Buffer): Promise<string> {
    const upload = join(dir, `upload-${(taken += 1)}`);
    writeFileSync(upload, bytes);
    const signal = new AbortController().signal;
    const options = {
      dir: `${upload}-work`,
      command: [],
      budget: new UnpackBudget({ bytes: 64 << 20 }),
      signal,
    };
    return (await archiveToLayout(upload, options)).kind;
  }

  it('is taken, gzipped or not, and with two tags of one image', async () => {
    expect(await take(docker(['save', a]))).toBe('docker-archive');
    expect(await take(gzipSync(docker(['save', a])))).toBe('docker-archive');
    expect(await take(docker(['save', a, alias]))).toBe('docker-archive');
  });

  it('of two images is refused, and says which', async () => {
    await expect(take(docker(['save', a, b]))).rejects.toThrow(
      /holds 2 images \(.*a:1.*b:1.*\); save one at a time/,
    );
  });
});
