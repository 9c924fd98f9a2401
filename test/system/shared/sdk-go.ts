import { join } from 'node:path';
import type { Cloud } from '../cloud';
import { findGo, root, run } from '../toolchain';
import { sharedCloud } from './shared-cloud';

const cwd = join(root, 'sdk/go');
const go = findGo();
const describeHere = go.missing ? describe.skip : describe;

describeHere(`The Go client${go.missing ? ` (${go.missing})` : ''}`, () => {
  jest.setTimeout(900_000); // it compiles gRPC, where nobody has before
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await sharedCloud();
    await cloud.importStarter();
  });

  const runGo = (...args: string[]) => {
    const env = {
      THECLOUD_GRPC_ADDRESS: cloud.grpcAddress,
      THECLOUD_API_KEY: cloud.admin.key,
      GOTOOLCHAIN: 'local',
      GOFLAGS: '-p=1 -buildvcs=false', // other tests want the machine, too
    };
    return run(go.command!, args, { cwd, env, timeoutMs: 840_000 });
  };

  it('passes its own tests, those against a cloud included', async () => {
    const text = await runGo('test', '-count=1', '-v', './...');
    expect(text).toMatch(/^--- PASS: TestLiveInstance/m);
    expect(text).not.toMatch(/^--- SKIP/m);
  });

  it('runs its example', async () => {
    const text = await runGo('run', './example');
    expect(text).toMatch(/^hello-\w+ is running$/m);
    expect(text).toMatch(/^hello-\w+ answers at [^ ]+:\d+$/m);
    expect(text).toMatch(/^hello-\w+ wrote: started$/m);
    expect(text).toMatch(/^hello-\w+ is deleted$/m);
    expect((await cloud.admin.call('GET', '/v1/instances')).body.instances).toEqual([]);
  });
});
