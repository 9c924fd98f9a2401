import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { sampleLayers } from '../fixtures/layers';

jest.setTimeout(300_000);
const socket = process.env['THECLOUD_TEST_DOCKER_SOCKET'] ?? '/var/run/docker.sock';
const describeWithDocker = existsSync(socket) ? describe : describe.skip;
const env = { PATH: process.env['PATH'], DOCKER_HOST: `unix://${socket}` };
const name = 'thecloud-compute-test:layer';

describeWithDocker('Docker', () => {
  it('takes and refuses the same layers as we do', async () => {
    for (const { what, tar, refused } of await sampleLayers()) {
      const imported = spawnSync('docker', ['import', '-', name], { input: tar, env, encoding: 'utf8' });
      const said = imported.status === 0 ? 'accepted' : `refused: ${imported.stderr}`;
      expect({ what, said }).toEqual({
        what,
        said: refused ? expect.stringContaining('refused') : 'accepted',
      });
      if (imported.status === 0) execFileSync('docker', ['image', 'rm', '-f', name], { env });
    }
  });
});
