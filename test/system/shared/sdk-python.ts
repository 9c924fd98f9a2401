import { join } from 'node:path';
import type { Cloud } from '../cloud';
import { findPython, root, run } from '../toolchain';
import { sharedCloud } from './shared-cloud';

const cwd = join(root, 'sdk/python');
const python = findPython();
const describeHere = python.missing ? describe.skip : describe;

describeHere(`The Python client${python.missing ? ` (${python.missing})` : ''}`, () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await sharedCloud();
    await cloud.importStarter();
  });

  const runPython = (...args: string[]) => {
    const env = { THECLOUD_GRPC_ADDRESS: cloud.grpcAddress, THECLOUD_API_KEY: cloud.admin.key };
    return run(python.command!, args, { cwd, env, timeoutMs: 240_000 });
  };

  it('passes its own tests, those against a cloud included', async () => {
    expect(await runPython('-W', 'error', '-m', 'unittest')).toMatch(/^OK$/m); // "OK (skipped=…)" without a cloud
  });

  it('runs its example', async () => {
    const text = await runPython('-W', 'error', 'example.py');
    expect(text).toMatch(/^hello-\w+ is running$/m);
    expect(text).toMatch(/^hello-\w+ answers at [^ ]+:\d+$/m);
    expect(text).toMatch(/^hello-\w+ wrote: started$/m);
    expect(text).toMatch(/^hello-\w+ is deleted$/m);
    expect((await cloud.admin.call('GET', '/v1/instances')).body.instances).toEqual([]);
  });
});
