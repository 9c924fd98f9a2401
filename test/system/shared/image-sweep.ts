import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { newId } from '@thecloud/kernel';
import { eventually } from '@thecloud/testkit';
import { idOf } from '../api';
import type { Cloud } from '../cloud';
import { sharedCloud } from './shared-cloud';
let cloud: Cloud;
const run = promisify(execFile);

beforeAll(async () => {
  cloud = await sharedCloud();
});

const refersTo = (id: string) => `docker://${cloud.registryAddress}/images/${id}:latest`;
const login = () => ['--creds', `thecloud:${cloud.registryPassword}`];

async function isThere(id: string): Promise<boolean> {
  try {
    await run('skopeo', ['inspect', '--raw', '--tls-verify=false', ...login(), refersTo(id)]);
    return true;
  } catch {
    return false;
  }
}

it('removes from the registry what has been no image for a day, and nothing else', async () => {
  const image = idOf(await cloud.importStarter());
  // As uploads leave them whose process was killed: one long ago, and one that may still be under way.
  const [orphan, fresh] = ['img_01h455vb4pex5vsknk084sn02q', newId('image')];
  for (const id of [orphan, fresh]) {
    const to = ['--dest-tls-verify=false', '--dest-creds', `thecloud:${cloud.registryPassword}`];
    const from = ['--src-tls-verify=false', '--src-creds', `thecloud:${cloud.registryPassword}`];
    await run('skopeo', ['--insecure-policy', 'copy', '-q', ...from, ...to, refersTo(image), refersTo(id)]);
  }
  await cloud.database.query("update compute.work set due_at = now() where controller = 'image-sweep'");
  await eventually('the orphan is gone', async () => !(await isThere(orphan)));
  expect(await Promise.all([isThere(image), isThere(fresh)])).toEqual([true, true]);
});
