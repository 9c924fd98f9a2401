import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { starterImage } from '@thecloud/all-in-one';
import type { Cloud } from '../cloud';
import { sharedCloud } from './shared-cloud';
const binary = join(__dirname, '../../../bin/cloud');
const home = mkdtempSync(join(tmpdir(), 'cli-'));
let cloud: Cloud;

beforeAll(async () => {
  cloud = await sharedCloud();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The built command, as a person runs it. */
function run(args: readonly string[], input = ''): Promise<Ran> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], HOME: home, THECLOUD_URL: cloud.url };
    const child = execFile(binary, [...args], { env, timeout: 60_000 }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err });
    });
    child.stdin?.end(input);
  });
}

async function ok(...args: string[]): Promise<string> {
  const { code, out, err } = await run(args);
  if (code !== 0) throw new Error(`cloud ${args.join(' ')} ended with ${code}:\n${err}`);
  return out;
}

it('says how to sign in before anything else', async () => {
  const { code, err } = await run(['instance', 'list']);
  expect(code).toBe(3);
  expect(err).toContain('cloud login');
});

it('signs in with a key from standard input, into a file nobody else can read', async () => {
  const { code, err } = await run(['login', '--api-key-stdin'], cloud.admin.key);
  expect({ code, err: code ? err : '' }).toEqual({ code: 0, err: '' });
  expect(statSync(join(home, '.config/thecloud/config.yaml')).mode & 0o777).toBe(0o600);
});

it('lives a whole instance from upload to removal', async () => {
  const tarball = join(home, 'starter.tar');
  writeFileSync(tarball, await starterImage());
  await ok('image', 'upload', tarball, '--name', 'starter');
  expect(await ok('image', 'list')).toContain('starter');
  expect(await ok('type', 'list')).toContain('nano-1');

  await ok(
    'instance',
    'launch',
    'web',
    '--image',
    'starter',
    '--type',
    'nano-1',
    '-p',
    '8080',
    '-e',
    'A=1',
    '--label',
    'tier=front',
    '--',
    '/bin/true',
  );
  const shown = JSON.parse(await ok('instance', 'show', 'web', '-o', 'json')) as {
    status: { state: string };
    spec: { env: object; command: string[] };
  };
  expect(shown).toMatchObject({
    status: { state: 'running' },
    spec: { env: { A: '1' }, command: ['/bin/true'] },
  });
  expect(await ok('instance', 'list', '--label', 'tier=front', '-q')).toMatch(/^ins_[0-9a-z]{26}\n$/);
  expect(await ok('instance', 'list', '--label', 'tier=back', '-q')).toBe('');

  await ok('instance', 'stop', 'web');
  await ok('instance', 'wait', 'web', '--for', 'stopped');
  await ok('instance', 'start', 'web');
  await ok('instance', 'restart', 'web');
  expect(await ok('operation', 'list')).toContain('instance.restart');
  await ok('instance', 'rm', 'web');
  expect((await run(['instance', 'show', 'web'])).code).toBe(4);
});

it('imports, renames and removes an SSH key', async () => {
  const file = join(home, 'key.pub');
  writeFileSync(
    file,
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2cIb0aTbHYuFVLlCOGTpYfVhPJZB7Sg9CNTsoGDxbY ada@engine\n',
  );
  await ok('ssh-key', 'import', 'laptop', file);
  expect(await ok('ssh-key', 'list')).toMatch(/laptop +ssh-ed25519 +SHA256:/);
  await ok('ssh-key', 'rename', 'laptop', 'old-laptop');
  await ok('ssh-key', 'rm', 'old-laptop');
  expect(await ok('ssh-key', 'list', '-q')).toBe('');
});

it('shares an image with all projects, and ends that', async () => {
  expect(await ok('image', 'share', 'starter')).toMatch(/Shared: +with all projects/i);
  expect(await ok('image', 'list', '--shared', '-q')).toMatch(/^img_/);
  const { body } = await cloud.stranger.call('GET', '/v1/images');
  expect(body.images?.map(({ metadata }) => metadata?.name)).toEqual(['starter']);
  await ok('image', 'unshare', 'starter');
  expect(await ok('image', 'list', '--shared', '-q')).toBe('');
  expect((await cloud.stranger.call('GET', '/v1/images')).body.images).toEqual([]);
});

it('cordons and uncordons a host', async () => {
  await ok('host', 'cordon', cloud.hostId);
  expect(await ok('host', 'list')).toMatch(/cordoned/i);
  await ok('host', 'uncordon', cloud.hostId);
});

it('reads logs, runs programs and measures in an instance', async () => {
  await ok('instance', 'launch', 'busy', '--image', 'starter', '--type', 'nano-1');
  await ok('instance', 'logs', 'busy', '--tail', '5');
  const ran = await run(['instance', 'exec', '-i', 'busy', '--', 'cat'], 'to and fro\n');
  expect(ran).toMatchObject({ code: 0, out: 'to and fro\n' });
  expect(await ok('instance', 'stats', 'busy')).toContain('Pids:');
  expect((await run(['instance', 'logs', 'nobody'])).code).toBe(4);
  expect((await run(['instance', 'exec', 'ins_00000000000000000000000000', '--', 'true'])).code).toBe(4);
  await ok('instance', 'rm', 'busy');
});

it('finds every engine, service and host well', async () => {
  const { findings } = JSON.parse(await ok('doctor', '-o', 'json')) as {
    findings: { check: string; state: string }[];
  };
  const wrong = findings.filter(({ state }) => state !== 'ok');
  expect(wrong).toEqual([]);
  const checks = findings.map(({ check }) => check);
  for (const engine of ['postgres', 'etcd', 'nats', 'registry']) expect(checks).toContain(`engine ${engine}`);
  for (const process of ['gateway', 'identity', 'compute'])
    expect(checks).toContain(`certificate of ${process}`);
  expect(checks.filter((check) => check.startsWith('host '))).toHaveLength(1); // by the name it gives itself
});

it('finds the cloud well again when a host that was announced is removed', async () => {
  await ok('host', 'add', 'rack1-a', '--token-file', join(home, 'token'));
  const ill = await run(['doctor', '-o', 'json']);
  expect(ill.code).not.toBe(0);
  expect(ill.out).toContain('host rack1-a');
  await ok('host', 'rm', 'rack1-a');
  const well = await ok('doctor', '-o', 'json');
  expect(well).not.toContain('rack1-a');
});

it('fails with codes that mean something and says what to do', async () => {
  expect((await run(['instance', 'launch', 'x'])).code).toBe(2);
  const unknown = await run(['instance', 'launch', 'x', '--image', 'nowhere', '--type', 'nano-1']);
  expect(unknown.err).toContain('nowhere');
  expect(unknown.code).toBe(2);
});
