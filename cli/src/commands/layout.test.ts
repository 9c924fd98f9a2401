import { machine, recordedGateway } from '../../test/recorded-gateway';

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
const instance = (name: string, state: string, age: number, labels: object = {}) => ({
  metadata: { id: `ins_${name}`, name, labels, created_at: ago(age) },
  spec: { type: 'nano-1', image: 'starter' },
  status: { state, host_id: `host_${name}` },
});

describe('how lists are laid out', () => {
  let gateway: Awaited<ReturnType<typeof recordedGateway>>;
  let home: Awaited<ReturnType<typeof machine>>;
  beforeAll(async () => {
    const instances = [
      instance('web-10', 'running', 10),
      instance('web-2', 'stopped', 100, { app: 'shop' }),
      instance('db', 'running', 90_000),
    ];
    const instance_types = [512, 8192, 1024].map((memory_mib) => ({ name: `m-${memory_mib}`, memory_mib }));
    gateway = await recordedGateway({
      'GET /v1/instances': { body: { instances } },
      'GET /v1/instance-types': { body: { instance_types } },
    });
    home = await machine({ server: gateway.url, api_key: 'cloud_x' });
  });
  afterAll(async () => {
    await gateway.close();
    await home.remove();
  });
  const list = async (...argv: string[]) => {
    const { code, out, err } = await home.cloud(['instance', 'list', ...argv]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return out;
  };

  it.each([
    ['name', ['db', 'web-2', 'web-10']],
    ['age', ['web-10', 'web-2', 'db']],
    ['age:desc', ['db', 'web-2', 'web-10']],
    ['state,NAME:desc', ['web-10', 'db', 'web-2']],
    ['labels', ['web-2', 'web-10', 'db']],
  ])('sorted by %s', async (order, names) => {
    expect(await list('--sort', order, '-o', 'name')).toBe(names.map((name) => `${name}\n`).join(''));
    const { instances } = JSON.parse(await list('--sort', order, '-o', 'json')) as {
      instances: { metadata: { name: string } }[];
    };
    expect(instances.map(({ metadata }) => metadata.name)).toEqual(names);
  });

  it('sorted first and cut then', async () => {
    const { out, err } = await home.cloud(['instance', 'ls', '--sort', 'name', '--limit', '1', '-q']);
    expect(out).toBe('ins_db\n');
    expect(err).toContain('There are more');
  });

  it('with the columns that are asked for, details among them', async () => {
    expect(await list('--columns', 'Name,host,labels', '--sort', 'name')).toBe(
      'NAME    HOST         LABELS\ndb      host_db      -\nweb-2   host_web-2   app=shop\nweb-10  host_web-10  -\n',
    );
    const { out } = await home.cloud(['type', 'list', '--columns', 'memory-mib', '--sort', 'memory-mib']);
    expect(out).toBe('MEMORY MIB\n512\n1024\n8192\n');
  });

  it('wide: with more of what is known', async () => {
    expect((await list('-o', 'wide')).split('\n')[0]).toMatch(/^NAME .* ID +HOST +RESTARTS +LABELS$/);
    expect((await list()).split('\n')[0]).toMatch(/ ID$/);
  });

  it('without titles, for scripts', async () => {
    expect(await list('--no-headers', '--columns', 'name,state', '--sort', 'name')).toBe(
      'db      running\nweb-2   stopped\nweb-10  running\n',
    );
  });

  it('with what is chosen of the answer alone', async () => {
    expect(await list('--query', "instances[?status.state=='running'].metadata.name")).toBe('web-10\ndb\n');
    expect(await list('--query', 'length(instances)', '-o', 'json')).toBe('3\n');
    expect((await home.cloud(['--query', 'instances[0].spec.type', 'api', 'GET', '/v1/instances'])).out).toBe(
      'nano-1\n',
    );
  });

  it.each([
    ['no expression', ['--query', 'instances['], 'It is no JMESPath expression'],
    ['a choice of a table', ['--query', 'instances', '-o', 'wide'], '--query does not go with -o wide'],
    ['a choice of ids', ['--query', 'instances', '-q'], 'cannot be used with'],
    ['columns of a choice', ['--query', 'instances', '--columns', 'name'], '--columns is for tables'],
    ['an unknown column', ['--columns', 'name,colour'], 'Choose from: name, state, '],
    ['an unknown order', ['--sort', 'colour'], 'Choose from: name, state, '],
    ['columns of JSON', ['--columns', 'name', '-o', 'json'], '--columns is for tables'],
    ['the order of what is watched', ['--sort', 'name', '--watch'], 'cannot be sorted'],
  ])('refuses %s before it asks', async (_, argv, why) => {
    const before = gateway.seen.length;
    const { code, err } = await home.cloud(['instance', 'list', ...argv]);
    expect(code).toBe(2);
    expect(err).toContain(why);
    expect(gateway.seen).toHaveLength(before);
  });
});
