import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { recordedGateway } from '../../packages/sdk/test/recorded-gateway';

jest.setTimeout(180_000);
const run = promisify(execFile);
const root = join(__dirname, '../..');

// What `make cli` makes: Node and the command in one file, which must need nothing else on the machine.
it('the one-file command says its version and makes a call, with nothing on its PATH', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'cloud-executable-'));
  const gateway = await recordedGateway({
    'GET /v1/instances': { body: { instances: [{ metadata: { id: 'ins_1', name: 'web' } }] } },
  });
  try {
    const file = join(dir, 'cloud');
    await run(join(root, 'node_modules/.bin/node'), [join(root, 'scripts/build-cli-executable.mjs'), file]);
    const env = { HOME: dir, PATH: '', THECLOUD_URL: gateway.url, THECLOUD_API_KEY: 'cloud_k' };
    const cloud = async (...args: string[]) => (await run(file, args, { cwd: dir, env })).stdout;
    expect(await cloud('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await cloud('instance', 'list')).toMatch(/^NAME .*\nweb /);
    expect(gateway.seen[0]?.headers['user-agent']).toMatch(/^thecloud-cli\//);
    // Node has an option of this name, and would read the file itself.
    const launch = cloud('instance', 'launch', 'x', '-i', 'y', '-t', 'z', '--env-file', '/nofile');
    await expect(launch).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot be read') as string,
    });
  } finally {
    await gateway.close();
    await rm(dir, { recursive: true, force: true });
  }
});
