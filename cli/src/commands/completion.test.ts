import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { machine, recordedGateway } from '../../test/recorded-gateway';

const named = (name: string, state: string) => ({ metadata: { id: `ins_${name}`, name }, status: { state } });
const run = promisify(execFile);

describe('completion', () => {
  let gateway: Awaited<ReturnType<typeof recordedGateway>>;
  let home: Awaited<ReturnType<typeof machine>>;
  beforeAll(async () => {
    const projects = [
      ['prj_1', 'default'],
      ['prj_2', 'default'],
      ['prj_3', 'shop'],
    ].map(([id, name]) => ({ metadata: { id, name } }));
    const [ada, bob] = ['ada@example.org', 'bob@example.org'].map((email) => ({
      ...{ email, name: 'X', state: 'active', role: 'owner' },
    }));
    gateway = await recordedGateway({
      'GET /v1/projects': { body: { projects } },
      'GET /v1/users': { body: { users: [ada, bob] } },
      'GET /v1/members': { body: { members: [ada] } },
      'GET /v1/instances': {
        body: { instances: [named('web', 'running'), named('worker', 'stopped'), named('$(reboot)', 'x')] },
      },
      'GET /v1/images': { body: { images: [named('hello', 'ready')] } },
      'GET /v1/instance-types': {
        body: { instance_types: [{ name: 'nano-1', description: 'small\tone\n' }] },
      },
    });
    home = await machine({ server: gateway.url, api_key: 'cloud_k' });
  });
  afterAll(async () => {
    await gateway.close();
    await home.remove();
  });
  const complete = async (...words: string[]) => {
    const { code, out, err } = await home.cloud(['__complete', '--', ...words]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return out
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t')[0]);
  };

  it.each([
    [['ins'], ['instance']],
    [
      ['instance', 'st'],
      ['start', 'stats', 'stop'],
    ],
    [['instance', 'list', '--la'], ['--label']],
    [['instance', 'list', '--out'], ['--output']],
    [
      ['instance', 'list', '-o', ''],
      ['json', 'name', 'table', 'wide', 'yaml'],
    ],
    [['instance', 'rm', 'web', ''], ['worker']],
    [
      ['instance', 'cp', 'w'],
      ['web:', 'worker:'],
    ],
    [
      ['instance', 'list', '--state', 'st'],
      ['starting', 'stopped', 'stopping'],
    ],
    [['host', 'list', '--state', 'r'], ['ready']],
    [['instance', 'list', '--type', ''], ['nano-1']],
    [['instance', 'list', '--columns', 'na'], ['name']],
    [['instance', 'list', '--sort', 'name,state,'], expect.arrayContaining(['name,state,age']) as string[]],
    [['events', '--type', 'ins'], ['instance.']],
    [['operation', 'list', '--resource', 'we'], ['web']],
    [
      ['user', 'disable', ''],
      ['ada@example.org', 'bob@example.org'],
    ],
    [['user', 'rm', 'ada@example.org', '--hand-over-to', 'b'], ['bob@example.org']],
    [['project', 'set-role', 'ada@example.org', 'v'], ['viewer']],
    [['project', 'remove-member', ''], ['ada@example.org']],
    // Twins are offered by their ids: their name means neither.
    [
      ['project', 'rename', ''],
      ['prj_1', 'prj_2', 'shop'],
    ],
    [['image', 'copy', 'hello', '--from', 's'], ['shop']],
    [
      ['instances', 'show', 'w'],
      ['web', 'worker'],
    ],
    [['instance', 'show', 'web', ''], []],
    [['instance', 'launch', 'new', '--image', ''], ['hello']],
    [['-o', 'json', 'instance', 'launch', 'new', '-t', 'n'], ['nano-1']],
    [['instance', 'exec', '-it', 'wo'], ['worker']],
    [
      ['shell', ''],
      ['web', 'worker'],
    ],
    [['context', 'use', ''], ['default']],
    [['--context', 'd'], ['default']],
    [['key', 'create', ''], []],
    [['key', 'create', 'ci', '--role', 'd'], ['developer']],
    [['completion', 'z'], ['zsh']],
    [['nonsense', 'x'], []],
  ])('of %j is %j', async (words, expected) => {
    expect(await complete(...words)).toEqual(expected);
  });

  it('says what candidates are', async () => {
    const { out } = await home.cloud(['__complete', '--', 'shell', '']);
    expect(out).toBe('web\trunning\nworker\tstopped\n');
    const types = await home.cloud(['__complete', '--', 'type', 'show', '']);
    expect(types.out).toBe('nano-1\tsmall one\n');
  });

  it('offers nothing, and says nothing, when the cloud is silent or nobody is signed in', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const env = { THECLOUD_URL: `http://127.0.0.1:${port}`, THECLOUD_API_KEY: 'k' };
    expect(await home.cloud(['__complete', '--', 'shell', ''], { env })).toEqual({
      code: 0,
      out: '',
      err: '',
    });
    for (const socket of sockets) socket.destroy();
    silent.close();
    const nobody = { THECLOUD_CONFIG: join(home.dir, 'none.yaml') };
    expect(await home.cloud(['__complete', '--', 'shell', ''], { env: nobody })).toMatchObject({ out: '' });
  });

  it('works in a real bash', async () => {
    const script = join(home.dir, 'completion.bash');
    await writeFile(script, (await home.cloud(['completion', 'bash'])).out);
    // "cloud" is here a function that answers as the program would: what is under test is the script.
    const test = `
      cloud() { [ "$1 $2 $3 $4" = '__complete -- shell w' ] && printf 'web\\trunning\\nworker\\tstopped\\n'; }
      . "$0"
      COMP_WORDS=(cloud shell w); COMP_CWORD=2
      _cloud
      printf '%s\\n' "\${COMPREPLY[@]}"
      complete -p cloud`;
    const { stdout } = await run('bash', ['-c', test, script]);
    expect(stdout).toBe('web\nworker\ncomplete -o default -F _cloud cloud\n');
  });

  it.each(['zsh', 'fish'])('is something that %s can read, where there is one', async (shell) => {
    const { code, out } = await home.cloud(['completion', shell]);
    expect(code).toBe(0);
    expect(out).toContain('__complete --');
    const program = ['/usr/bin', '/bin', '/usr/local/bin'].map((dir) => join(dir, shell)).find(existsSync);
    if (!program) return;
    const script = join(home.dir, `completion.${shell}`);
    await writeFile(script, out);
    await run(program, ['-n', script]);
  });
});
