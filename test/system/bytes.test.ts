import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { idOf } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';

// What a program writes is what its reader gets, through agent, compute, gateway, SDK and CLI: a line longer than
// Docker's buffer whose last character is cut by it, and bytes that are no text.
jest.setTimeout(120_000);
const binary = Buffer.from(Array.from({ length: 257 }, (_, i) => i % 256));
const script =
  '/bin/busybox head -c 16383 /dev/zero | /bin/busybox tr "\\0" a; echo 日; ' +
  `echo ${binary.toString('base64')} | /bin/busybox base64 -d; echo`;
// It ends with a line feed: Docker logs the rest of a line only when the program has ended.
const written = Buffer.concat([Buffer.from(`${'a'.repeat(16_383)}日\n`), binary, Buffer.from('\n')]);
const command = ['/bin/sh', '-c', script];
let cloud: Cloud;
let id: string;

beforeAll(async () => {
  cloud = await startCloud({ driver: 'docker' });
  await cloud.importStarter();
  // It ends only when stopped, so that programs can be run beside it.
  const running = ['/bin/sh', '-c', `${script}; exec /bin/busybox sleep 600`];
  id = idOf(await cloud.admin.launch('bytes', { command: running }));
  await cloud.admin.reaches(id, 'running');
});
afterAll(() => cloud.close());

/** Standard output of the built command. */
function cli(...args: string[]): Promise<Buffer> {
  const program = join(__dirname, '../../bin/cloud');
  const env = { PATH: process.env['PATH'], THECLOUD_URL: cloud.url, THECLOUD_API_KEY: cloud.admin.key };
  return new Promise((resolve, reject) => {
    execFile(program, args, { env, encoding: 'buffer', timeout: 60_000 }, (error, out, err) => {
      if (error) reject(new Error(`cloud ${args.join(' ')}: ${err.toString()}`));
      else resolve(out);
    });
  });
}

async function http(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${cloud.admin.key}`, ...init.headers };
  const answer = await fetch(`${cloud.url}/v1/instances/${id}${path}`, { ...init, headers });
  expect(answer.status).toBe(200);
  return answer;
}

it('logs by the CLI', async () => {
  const all = await cli('instance', 'logs', id);
  expect(all.equals(written)).toBe(true);
});

it.each(['text/plain', 'application/octet-stream'])('logs over HTTP as %s', async (accept) => {
  const answer = await http('/logs', { headers: { accept } });
  expect(Buffer.from(await answer.arrayBuffer()).equals(written)).toBe(true);
});

it('output of a program by the CLI', async () => {
  const out = await cli('instance', 'exec', id, '--', ...command);
  expect(out.equals(written)).toBe(true);
});

it('output of a program over HTTP', async () => {
  const answer = await http(':exec', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ command }),
  });
  const { stdout } = (await answer.json()) as { stdout: string };
  expect(Buffer.from(stdout, 'base64').equals(written)).toBe(true);
});
