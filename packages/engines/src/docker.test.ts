import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { client, importWebImage } from '../test/image';
import { crash, processOf, Scratch } from '../test/scratch';
import { type Bridge, spareBridge } from './bridge';
import { run } from './command';
import { docker } from './docker';
import { answers } from './docker-api';
import { freePort } from './ports';
import { http } from './probe';
import { until } from './until';

jest.setTimeout(180_000);
const scratch = new Scratch();
const bridge: Bridge = spareBridge();
const make = () => docker({ dir: scratch.dir, adopt: false, bridge, iptables: false, userns: true });
const cli = client(make().endpoint, scratch.dir);

beforeAll(async () => {
  await scratch.add(make()).start();
  await importWebImage(cli, scratch.dir, 'web:1', 'hello');
});
afterAll(() => scratch.destroy());

/** Daemons of other test files come and go meanwhile, and change the machine's bridges and rules. */
const PATIENCE_MS = 60_000;

async function page(port: number): Promise<string> {
  let body = '';
  const got = await until(async () => {
    try {
      body = (await http({ port, path: '/' }, AbortSignal.timeout(1_000))).body;
      return true;
    } catch {
      // Its server is not listening yet.
      return false;
    }
  }, PATIENCE_MS);
  if (!got) throw new Error(`no page on port ${port}`);
  return body;
}

test('containers run on through kill -9 and stop, and are taken over again', async () => {
  const port = await freePort();
  const id = (await cli('run', '--detach', '--publish', `127.0.0.1:${port}:80`, 'web:1')).trim();
  const pidInContainer = () => cli('inspect', '--format', '{{.State.Pid}} {{.State.Running}}', id);
  const before = await pidInContainer();
  expect(await page(port)).toBe('hello');

  await crash(make());
  expect(await make().ready()).toBe(false);
  expect(existsSync(`/proc/${before.split(' ')[0]}`)).toBe(true);
  await make().start();
  expect(await pidInContainer()).toBe(before);
  expect(await page(port)).toBe('hello');

  await make().stop();
  expect(make().pid()).toBeUndefined();
  expect(existsSync(`/proc/${before.split(' ')[0]}`)).toBe(true);
  await make().start();
  expect(await pidInContainer()).toBe(before);
  expect(await page(port)).toBe('hello');
});

test('root in a container is nobody on this machine', async () => {
  const id = (await cli('run', '--detach', 'web:1')).trim();
  const pid = (await cli('inspect', '--format', '{{.State.Pid}}', id)).trim();
  const [inside, outside] = readFileSync(`/proc/${pid}/uid_map`, 'utf8').trim().split(/\s+/).map(Number);
  expect(inside).toBe(0);
  expect(outside).toBeGreaterThanOrEqual(65_536);
});

test('its data stands elsewhere where a directory above it is closed to others', async () => {
  const closed = join(scratch.dir, 'closed');
  mkdirSync(closed, { mode: 0o700 });
  const dir = join(closed, 'inside');
  const other = docker({ dir, adopt: false, bridge: spareBridge(), iptables: false, userns: true });
  await other.start();
  const otherCli = client(other.endpoint, scratch.dir);
  try {
    expect(other.endpoint).toMatch(/^unix:\/\/\/var\/lib\/thecloud\/\w+\/docker\//);
    await importWebImage(otherCli, scratch.dir, 'web:1', 'elsewhere');
    const id = (await otherCli('run', '--detach', 'web:1')).trim();
    expect((await otherCli('inspect', '--format', '{{.State.Running}}', id)).trim()).toBe('true');
  } finally {
    await other.destroy();
  }
  expect(existsSync(other.endpoint.replace('unix://', ''))).toBe(false);
  expect(existsSync(join(dir, 'docker'))).toBe(false);
});

test('a daemon that answers already is used and never stopped', async () => {
  const socket = make().endpoint.replace('unix://', '');
  const before = processOf(make());
  const guest = docker({ dir: join(scratch.dir, 'guest'), socket });
  await guest.start();
  expect(guest.endpoint).toBe(`unix://${socket}`);
  expect(guest.pid()).toBeUndefined();
  expect(await guest.ready()).toBe(true);
  await guest.stop();
  await guest.destroy();
  expect(await answers(socket)).toBe(true);
  expect(processOf(make())).toEqual(before);
});

test('destroy leaves no container, bridge, mount, process or file', async () => {
  const other = docker({
    dir: join(scratch.dir, 'other'),
    adopt: false,
    bridge: spareBridge(),
    iptables: false,
  });
  await other.start();
  const otherCli = client(other.endpoint, scratch.dir);
  await importWebImage(otherCli, scratch.dir, 'web:1', 'other');
  const port = await freePort();
  try {
    await otherCli('run', '--detach', '--publish', `127.0.0.1:${port}:80`, 'web:1');
    expect(await page(port)).toBe('other');
  } finally {
    await other.destroy();
  }
  const home = join(scratch.dir, 'other', 'docker');
  expect(existsSync(home)).toBe(false);
  expect(await run('cat', ['/proc/mounts'])).not.toContain(home);
  expect(await run('ps', ['-eo', 'args'])).not.toContain(home);
  expect(await make().ready()).toBe(true);
});

test('a subnet in use is refused with its interface', async () => {
  const clash = docker({
    dir: join(scratch.dir, 'clash'),
    adopt: false,
    bridge: { name: 'tc-clash', address: bridge.address },
    iptables: false,
  });
  await expect(clash.start()).rejects.toThrow(`is in use by interface ${bridge.name}`);
});
