import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cloud } from '../cloud';
import { documented } from '../documented';
import { findGo, root, run } from '../toolchain';
import { sharedCloud } from './shared-cloud';

const cwd = join(root, 'sdk/go');
const go = findGo();
const describeHere = go.missing ? describe.skip : describe;

describeHere(`The Go client${go.missing ? ` (${go.missing})` : ''}`, () => {
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

  it('is used from another module as its README says', async () => {
    const module = mkdtempSync(join(tmpdir(), 'go-'));
    writeFileSync(join(module, 'go.mod'), 'module example.com/mine\n\ngo 1.24\n');
    writeFileSync(
      join(module, 'main.go'),
      'package main\n\nimport thecloud "thecloud.example/sdk/go"\n\nfunc main() { _, _ = thecloud.New(nil) }\n',
    );
    const lines = documented().filter(
      ({ file, text }) => file === 'sdk/go/README.md' && /^go mod /.test(text),
    );
    expect(lines).toHaveLength(2);
    const env = { GOTOOLCHAIN: 'local', GOFLAGS: '-p=1 -buildvcs=false' };
    for (const { text } of lines) {
      const command = text.replaceAll('/path/to/thecloud', root);
      await run('sh', ['-c', command], { cwd: module, env, timeoutMs: 300_000 });
    }
    await run(go.command!, ['vet', './...'], { cwd: module, env, timeoutMs: 840_000 });
    rmSync(module, { recursive: true });
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
