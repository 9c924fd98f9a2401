import type { WebSocket } from 'ws';
import { machine, recordedGateway } from '../../test/recorded-gateway';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const say = (socket: WebSocket, ...messages: object[]) => {
  for (const result of messages) socket.send(JSON.stringify({ result }));
};
const stats = (percent: number) => ({
  time: '2030-01-01T00:00:00Z',
  cpu: { usage_ns: '1', percent },
  memory: { used_bytes: '1572864', limit_bytes: '134217728' },
  network: { rx_bytes: '2048', rx_packets: '1', tx_bytes: '0', tx_packets: '0' },
  pids: { used: '3', limit: '512' },
});

describe('what goes on in an instance', () => {
  let gateway: Awaited<ReturnType<typeof recordedGateway>>;
  let home: Awaited<ReturnType<typeof machine>>;
  const given = async (
    sockets: Parameters<typeof recordedGateway>[1],
    routes: Parameters<typeof recordedGateway>[0] = {},
  ) => {
    gateway = await recordedGateway(routes, sockets);
    home = await machine({ server: gateway.url, api_key: 'cloud_k' });
  };
  afterEach(async () => {
    await gateway.close();
    await home.remove();
  });

  it('logs go to the stream that they were written to', async () => {
    let asked = '';
    await given({
      '/v1/instances/ins_1/logs': (socket, url) => {
        asked = url.search;
        say(
          socket,
          { stream: 'stdout', data: base64('café\n') },
          { stream: 'stderr', data: base64('oops\n') },
        );
        socket.close(1000);
      },
    });
    const argv = [
      'instance',
      'logs',
      'ins_1',
      '--tail',
      '2',
      '--since',
      '2030-01-01T00:00:00Z',
      '--timestamps',
    ];
    expect(await home.cloud(argv)).toEqual({ code: 0, out: 'café\n', err: 'oops\n' });
    expect(asked).toBe('?tail=2&since=2030-01-01T00%3A00%3A00.000Z&timestamps=true');
    expect((await home.cloud(['instance', 'logs', 'ins_2'])).code).toBe(4);
    expect((await home.cloud(['instance', 'logs', 'ins_1', '--since', 'yesterday'])).code).toBe(2);
  });

  it('following logs ends well when the reader has seen enough', async () => {
    const stop = new AbortController();
    await given({
      '/v1/instances/ins_1/logs': (socket) => {
        say(socket, { stream: 'stdout', data: base64('one\n') });
        socket.on('close', () => undefined);
        setImmediate(() => stop.abort());
      },
    });
    const { code, err } = await home.cloud(['instance', 'logs', '-f', 'ins_1'], { signal: stop.signal });
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it('exec passes input, output and the exit code on', async () => {
    const heard: object[] = [];
    await given({
      '/v1/instances/ins_1/exec': (socket) =>
        socket.on('message', (data: Buffer) => {
          const message = JSON.parse(data.toString()) as { stdin?: string; stdin_closed?: boolean };
          heard.push(message);
          if (message.stdin) say(socket, { stdout: message.stdin }, { stderr: base64('hm\n') });
          if (!message.stdin_closed) return;
          say(socket, { exit_code: 4 });
          socket.close(1000);
        }),
    });
    const argv = [
      'instance',
      'exec',
      '-i',
      'ins_1',
      '-e',
      'A=1',
      '-w',
      '/srv',
      '-u',
      'root',
      '--',
      'cat',
      '-n',
    ];
    expect(await home.cloud(argv, { stdin: 'in\n' })).toEqual({ code: 4, out: 'in\n', err: 'hm\n' });
    expect(heard).toEqual([
      { start: { command: ['cat', '-n'], env: { A: '1' }, tty: false, working_dir: '/srv', user: 'root' } },
      { stdin: base64('in\n') },
      { stdin_closed: true },
    ]);
  });

  it('exec without -i gives it no input; what is lost is said', async () => {
    const heard: object[] = [];
    await given({
      '/v1/instances/ins_1/exec': (socket) =>
        socket.on('message', (data: Buffer) => {
          if (heard.push(JSON.parse(data.toString()) as object) === 2) socket.close(1000);
        }),
    });
    const { code, err } = await home.cloud(['instance', 'exec', 'ins_1', '--', 'true'], { stdin: 'unread' });
    expect(heard).toEqual([{ start: { command: ['true'], tty: false } }, { stdin_closed: true }]);
    expect(code).toBe(7);
    expect(err).toContain('the program was lost');
    expect((await home.cloud(['shell', 'ins_2'])).code).toBe(4);
  });

  it('a shell is /bin/sh with input, and ends as it does', async () => {
    const heard: object[] = [];
    await given({
      '/v1/instances/ins_1/exec': (socket) =>
        socket.on('message', (data: Buffer) => {
          heard.push(JSON.parse(data.toString()) as object);
          if (heard.length < 3) return;
          say(socket, { exit_code: 0 });
          socket.close(1000);
        }),
    });
    expect(await home.cloud(['shell', 'ins_1'], { stdin: 'exit\n' })).toEqual({ code: 0, out: '', err: '' });
    expect(heard[0]).toEqual({ start: { command: ['/bin/sh'], tty: false } });
  });

  it('stats are shown once, or again and again under one head', async () => {
    await given(
      {
        '/v1/instances/ins_1/stats:watch': (socket, url) => {
          expect(url.search).toBe('?interval_seconds=5');
          say(socket, stats(1), stats(123.456));
          socket.close(1000);
        },
      },
      { 'GET /v1/instances/ins_1/stats': { body: stats(2.5) } },
    );
    const once = await home.cloud(['instance', 'stats', 'ins_1']);
    expect(once.out).toMatch(/Cpu: +2\.5 %\nMemory: +1\.5 MiB\nLimit: +128 MiB\nReceived: +2 KiB\n/);
    const { code, out } = await home.cloud(['instance', 'stats', 'ins_1', '--watch', '--interval', '5']);
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
      ['INSTANCE', 'CPU', 'MEMORY'],
      ['ins_1', '1.0 %', '1.5 MiB'],
      ['ins_1', '123.5 %', '1.5 MiB'],
      [''],
    ]);
    const lines = (await home.cloud(['instance', 'stats', 'ins_1', '-w', '--interval', '5', '-o', 'json']))
      .out;
    expect(
      lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([stats(1), stats(123.456)]);
  });

  it('lists name images, where they can be seen', async () => {
    const instance = (image: string) => ({
      metadata: { id: 'ins_1', name: 'web' },
      spec: { image },
      status: { state: 'running' },
    });
    const image = { metadata: { id: 'img_1', name: 'hello' } };
    await given(
      {},
      {
        'GET /v1/instances': { body: { instances: [instance('img_1'), instance('img_gone')] } },
        'GET /v1/images': [{ body: { images: [image] } }, { status: 403 }],
      },
    );
    expect((await home.cloud(['instance', 'list'])).out).toMatch(/ hello [^]* img_gone /);
    expect((await home.cloud(['instance', 'list'])).out).toMatch(/ img_1 /);
    expect((await home.cloud(['instance', 'list', '-o', 'json'])).out).toContain('"img_1"');
  });
});
