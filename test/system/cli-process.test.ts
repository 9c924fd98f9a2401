import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordedGateway } from '../../packages/sdk/test/recorded-gateway';

// What only a process has: its launcher, and an output that takes no more.
jest.setTimeout(120_000);
const binary = join(__dirname, '../../bin/cloud');
const home = mkdtempSync(join(tmpdir(), 'cli-process-'));
const instance = {
  metadata: { id: 'ins_1', name: 'web' },
  spec: { type: 'x' },
  status: { state: 'running' },
};
let gateway: Awaited<ReturnType<typeof recordedGateway>>;

beforeAll(async () => {
  const project = { metadata: { id: 'prj_1', name: 'shop' }, role: 'owner' };
  gateway = await recordedGateway(
    {
      'GET /v1/instances': { body: { instances: Array(5_000).fill(instance) } },
      'GET /v1/images': { body: { images: [instance] } },
      'GET /v1/projects': { body: { projects: [project] } },
      'GET /v1/instances/ins_1': { body: instance },
      'POST /v1/instances': { body: instance },
      'DELETE /v1/instances/ins_1': { body: instance },
      'GET /health/ready': { body: { status: 'ready' } },
    },
    {
      '/v1/instances/ins_1/logs': (socket) => {
        const data = Buffer.from('a line\n'.repeat(50)).toString('base64');
        for (let at = 0; at < 500; at++) socket.send(JSON.stringify({ result: { stream: 'stdout', data } }));
        socket.close(1000);
      },
    },
  );
});
afterAll(async () => {
  await gateway.close();
  rmSync(home, { recursive: true, force: true });
});

function start(argv: readonly string[], stdout: number | 'pipe') {
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    THECLOUD_URL: gateway.url,
    THECLOUD_API_KEY: 'cloud_k',
  };
  const child = spawn(binary, argv, { env, stdio: ['ignore', stdout, 'pipe'], timeout: 30_000 });
  let err = '';
  child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<{ code: number | null; err: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, err })),
  );
  return { child, ended };
}

it.each([
  [['instance', 'list']],
  [['instance', 'list', '-o', 'json']],
  [['instance', 'rm', 'ins_1']],
  [['instance', 'logs', 'ins_1']],
  [['whoami']],
  [['completion', 'bash']],
  [['--help']],
])('%j > /dev/full is one line and exit code 1', async (argv) => {
  const full = openSync('/dev/full', 'w');
  try {
    expect(await start(argv, full).ended).toEqual({
      code: 1,
      err: expect.stringMatching(
        /^Error: The output cannot be written: no space left on device\.\n$/,
      ) as string,
    });
  } finally {
    closeSync(full);
  }
});

it.each([[['instance', 'list']], [['instance', 'logs', 'ins_1']]])(
  '%j | head ends without a word',
  async (argv) => {
    const { child, ended } = start(argv, 'pipe');
    child.stdout!.once('data', () => child.stdout!.destroy());
    expect(await ended).toEqual({ code: 0, err: '' });
  },
);

it('reads --env-file itself: Node has an option of that name', async () => {
  const launch = ['instance', 'launch', 'web', '-i', 'x', '-t', 'y'];
  const missing = await start([...launch, '--env-file', '/nofile'], 'pipe').ended;
  expect(missing).toMatchObject({ code: 2, err: expect.stringContaining('/nofile') as string });
  const file = join(home, 'job.env');
  writeFileSync(file, 'QUOTED="as it stands"\nNODE_OPTIONS=--nonsense\n');
  const started = await start([...launch, `--env-file=${file}`], 'pipe').ended;
  expect(started.code).toBe(0);
  const sent = gateway.seen.find(({ method }) => method === 'POST')?.body;
  expect(sent).toMatchObject({ spec: { env: { QUOTED: '"as it stands"', NODE_OPTIONS: '--nonsense' } } });
});
