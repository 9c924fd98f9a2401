import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { client, importWebImage } from '../test/image';
import { crash, Scratch } from '../test/scratch';
import { spareBridge } from './bridge';
import { run } from './command';
import { docker } from './docker';
import { freePort } from './ports';
import { http } from './probe';
import { until } from './until';

jest.setTimeout(180_000);
let scratch: Scratch | undefined;
afterAll(() => scratch?.destroy());

const rules = () =>
  ['filter', 'nat'].map((t) => execFileSync('/usr/sbin/iptables', ['-t', t, '-S'], { encoding: 'utf8' }));
const ipForward = () => readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8');

// A daemon that starts with iptables cuts the published ports of every other such daemon on the machine.
const whenAlone = rules().some((table) => table.includes('-N DOCKER\n')) ? test.skip : test;

async function answersPage(port: number): Promise<boolean> {
  try {
    return (await http({ port, path: '/' }, AbortSignal.timeout(1_000))).body === 'published';
  } catch {
    // Not listening yet.
    return false;
  }
}

whenAlone('published ports answer while the daemon is dead, and destroy restores the firewall', async () => {
  const before = [...rules(), ipForward()];
  scratch = new Scratch();
  const bridge = spareBridge();
  const engine = scratch.add(docker({ dir: scratch.dir, adopt: false, bridge }));
  await engine.start();
  const cli = client(engine.endpoint, scratch.dir);
  await importWebImage(cli, scratch.dir, 'web:1', 'published');
  const port = await freePort();
  const container = ['--detach', '--publish', `127.0.0.1:${port}:80`, '--name', 'web', 'web:1'];
  await cli('run', ...container);
  expect(await until(() => answersPage(port), 60_000)).toBe(true);

  await crash(engine);
  expect(await answersPage(port)).toBe(true);
  await run('/usr/sbin/iptables', ['-t', 'nat', '-F', 'DOCKER']);
  expect(await answersPage(port)).toBe(false);
  await engine.start();
  expect(await until(() => answersPage(port), 60_000)).toBe(true);

  await engine.destroy();
  expect([...rules(), ipForward()]).toEqual(before);
});
