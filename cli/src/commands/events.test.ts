import { machine, recordedGateway } from '../../test/recorded-gateway';

const event = (n: number, state: string) => ({
  id: `evt_${n}`,
  type: 'thecloud.instance.changed',
  time: '2030-01-01T00:00:00Z',
  subject: 'ins_1',
  data: { name: 'web', state },
});
const instance = (name: string, state: string) => ({
  metadata: { id: `ins_${name}`, name },
  spec: { image: 'hello' },
  status: { state },
});

describe('following', () => {
  let gateway: Awaited<ReturnType<typeof recordedGateway>>;
  let home: Awaited<ReturnType<typeof machine>>;
  const given = async (sockets: Parameters<typeof recordedGateway>[1]) => {
    gateway = await recordedGateway({}, sockets);
    home = await machine({ server: gateway.url, api_key: 'cloud_k' });
  };
  afterEach(async () => {
    await gateway.close();
    await home.remove();
  });
  const cells = (out: string) =>
    out
      .trim()
      .split('\n')
      .map((line) => line.split(/ {2,}/));

  it('events goes on after the last one shown when the gateway is restarted', async () => {
    const asked: string[] = [];
    await given({
      '/v1/events': (socket, url) => {
        asked.push(url.search);
        socket.send(
          JSON.stringify({ result: event(asked.length, asked.length === 1 ? 'starting' : 'running') }),
        );
        socket.close(asked.length === 1 ? 1012 : 1000);
      },
    });
    const argv = ['events', '-f', '--type', 'instance.', '--after', 'evt_0'];
    const { code, out, err } = await home.cloud(argv);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(asked).toEqual(['?after=evt_0&type=thecloud.instance.', '?after=evt_1&type=thecloud.instance.']);
    expect(cells(out).map(([, type, subject, name, state, id]) => [type, subject, name, state, id])).toEqual([
      ['TYPE', 'SUBJECT', 'NAME', 'STATE', 'ID'],
      ['instance.changed', 'ins_1', 'web', 'starting', 'evt_1'],
      ['instance.changed', 'ins_1', 'web', 'running', 'evt_2'],
    ]);
  });

  it('without -f it ends when nothing more comes, with ids alone if they are wanted', async () => {
    await given({
      '/v1/events': (socket) => socket.send(JSON.stringify({ result: event(1, 'running') })),
    });
    expect(await home.cloud(['events', '--after', 'evt_0', '-q'])).toEqual({
      code: 0,
      out: 'evt_1\n',
      err: '',
    });
  });

  it('a watched list shows each again when it changes', async () => {
    let asked = '';
    await given({
      '/v1/instances:watch': (socket, url) => {
        asked = url.search;
        for (const result of [
          instance('a', 'running'),
          instance('b', 'starting'),
          instance('b', 'running'),
        ]) {
          socket.send(JSON.stringify({ result }));
        }
        socket.close(1000);
      },
      '/v1/operations:watch': (socket) => {
        for (const state of ['running', 'succeeded']) {
          socket.send(JSON.stringify({ result: { id: 'op_1', kind: 'instance.create', state, steps: [] } }));
        }
        socket.close(1000);
      },
    });
    const { code, out } = await home.cloud(['instance', 'list', '--watch', '--label', 'tier=a']);
    expect(code).toBe(0);
    expect(asked).toBe('?label=tier%3Da');
    expect(cells(out).map(([name, state]) => [name, state])).toEqual([
      ['NAME', 'STATE'],
      ['a', 'running'],
      ['b', 'starting'],
      ['b', 'running'],
    ]);
    const operations = await home.cloud(['operation', 'list', '-w', '-q']);
    expect(operations.out).toBe('op_1\nop_1\n');
  });
});
