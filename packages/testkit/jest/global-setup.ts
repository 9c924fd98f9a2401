import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker, spareBridge } from '../../engines/src';
import { keepDocker } from './docker';

/**
 * One directory a run for whatever tests start; engines start in it only when a test asks for them. The suites of
 * Docker drivers run where THECLOUD_TEST_DOCKER_SOCKET names one; THECLOUD_TEST_DOCKER=1 (make test) starts one for them.
 */
export default async function globalSetup(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'thecloud-test-'));
  process.env['THECLOUD_TEST_DIR'] = dir;
  if (!process.env['THECLOUD_TEST_DOCKER'] || process.env['THECLOUD_TEST_DOCKER_SOCKET']) return;
  const engine = docker({
    dir: join(dir, 'shared'),
    adopt: false,
    bridge: spareBridge(),
    iptables: false,
    userns: true,
  });
  await engine.start();
  keepDocker(engine);
  process.env['THECLOUD_TEST_DOCKER_SOCKET'] = engine.endpoint.replace(/^unix:\/\//, '');
}
