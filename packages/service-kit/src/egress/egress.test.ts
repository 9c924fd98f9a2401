import { createServer, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { Worker } from 'node:worker_threads';
import { eventually } from '@thecloud/testkit';
import { isPublic, parseAllowed } from './addresses';
import { GuardedHttpAgent } from './agents';
import { EgressGuard } from './guard';

const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT', reason: 'EGRESS_REFUSED' }) as Error;
let server: Server;
let port: number;
let connections = 0;

beforeAll(async () => {
  server = createServer((_, response) => response.end('inside'));
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());
beforeEach(() => (connections = 0));

it.each([
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '100.100.100.200', '127.0.0.1', '127.8.8.8', '169.254.169.254'],
  ...['172.16.0.1', '192.0.0.192', '192.0.2.1', '192.168.1.1', '198.18.0.1', '198.51.100.1', '203.0.113.1'],
  ...['224.0.0.1', '240.0.0.1', '255.255.255.255', '168.63.129.16'],
  ...['::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:0:127.0.0.1'],
  ...['64:ff9b::127.0.0.1', '64:ff9b::a00:1', '64:ff9b:1::a00:1', '100::1', '2001::1', '2001:db8::1'],
  ...[
    '2002:7f00:1::',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%lo',
    'fec0::1',
    'ff02::1',
  ],
])('takes %s for an address that is not public', (address) => {
  expect(isPublic(address)).toBe(false);
});

it.each([
  '1.1.1.1',
  '8.8.8.8',
  '172.15.0.1',
  '172.32.0.1',
  '193.99.144.80',
  '2606:4700::1111',
  '2a00:1450::1',
])('takes %s for public', (address) => {
  expect(isPublic(address)).toBe(true);
});

it('takes no address of this machine for public', () => {
  for (const { address } of Object.values(networkInterfaces()).flatMap((all) => all ?? []))
    expect(isPublic(address)).toBe(false);
});

describe('the guard', () => {
  const open = new EgressGuard({ allow: [] });

  // Each is 127.0.0.1 to the system's resolver or to Node.
  it.each(['127.0.0.1', 'localhost', 'LOCALHOST.', '[::1]', '2130706433', '0x7f.1', '0177.0.0.1', '127.1'])(
    'does not connect to this machine as %s',
    async (host) => {
      await expect(open.connect(host, port)).rejects.toEqual(refused);
      expect(connections).toBe(0);
    },
  );

  it('refuses a name when one of its addresses is not public', async () => {
    const lookup = () =>
      Promise.resolve([
        { address: '1.1.1.1', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]);
    const guard = new EgressGuard({ allow: [], lookup });
    await expect(guard.connect('two.example', port)).rejects.toEqual(refused);
    expect(connections).toBe(0);
  });

  it('connects to the address that it checked, whatever the name means a moment later', async () => {
    let asked = 0;
    const answers = ['127.0.0.1', '10.0.0.1'];
    const lookup = () => Promise.resolve([{ address: answers[asked++] ?? '', family: 4 }]);
    const guard = new EgressGuard({ allow: parseAllowed(`127.0.0.1:${port}`), lookup });
    const socket = await guard.connect('rebinding.example', port);
    expect(socket.remoteAddress).toBe('127.0.0.1');
    socket.destroy();
    await expect(guard.connect('rebinding.example', port)).rejects.toEqual(refused);
  });

  it('allows what the operator allows, and not its neighbours', async () => {
    const guard = new EgressGuard({
      allow: parseAllowed(`10.9.0.0/16, 127.0.0.1:${port}, http://[::1]:5000`),
    });
    expect(await guard.resolve('10.9.200.1', 443)).toMatchObject({ plain: false });
    expect(await guard.resolve('[::1]', 5000)).toMatchObject({ plain: true });
    (await guard.connect('127.0.0.1', port)).destroy();
    for (const [host, other] of [
      ['10.8.0.1', 443],
      ['127.0.0.1', port + 1],
      ['127.0.0.2', port],
      ['::1', 5001],
    ] as const)
      await expect(guard.resolve(host, other)).rejects.toEqual(refused);
  });

  it('knows by its looks what it would refuse', () => {
    expect(['10.0.0.1', 'localhost', 'a.localhost', '[::1]'].every((host) => open.refuses(host, 443))).toBe(
      true,
    );
    expect(['1.1.1.1', 'example.com'].some((host) => open.refuses(host, 443))).toBe(false);
  });

  it('guards the requests of an agent', async () => {
    const get = (guard: EgressGuard) =>
      new Promise<string>((resolve, reject) => {
        const agent = new GuardedHttpAgent(guard);
        request({ host: 'localhost', port, agent }, (answer) => void text(answer).then(resolve, reject))
          .on('error', reject)
          .end();
      });
    await expect(get(open)).rejects.toEqual(refused);
    expect(connections).toBe(0);
    const allow = parseAllowed(`127.0.0.1:${port},[::1]:${port}`);
    const lookup = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
    expect(await get(new EgressGuard({ allow, lookup }))).toBe('inside');
  });
});

describe('deadlines', () => {
  const short = { connectMs: 200, idleMs: 200 };
  const closing: Array<() => unknown> = [];
  afterEach(() => closing.splice(0).forEach((close) => close()));

  const guardFor = (at: number) => new EgressGuard({ allow: parseAllowed(`127.0.0.1:${at}`), ...short });
  /** A server by whose connections nothing is ever sent but `words`, when it is asked something. */
  async function silent(...words: string[]): Promise<number> {
    const sockets: Socket[] = [];
    const mute = createTcpServer((socket) => {
      sockets.push(socket.on('error', () => undefined));
      socket.on('data', () => void socket.write(words.shift() ?? ''));
    });
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    closing.push(
      () => mute.close(),
      () => sockets.forEach((socket) => socket.destroy()),
    );
    return (mute.address() as AddressInfo).port;
  }
  async function get(at: number, agent: GuardedHttpAgent): Promise<string> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: at, agent }, resolve);
      asked.on('error', reject).end();
    });
    return text(answer);
  }

  it('ends the wait for a connection that nobody accepts', async () => {
    // Its thread is blocked, so its queue of connections fills up, and Linux leaves the next ones unanswered.
    const listening = `const { parentPort } = require('node:worker_threads');
      const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
        parentPort.postMessage(server.address().port);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      });`;
    const worker = new Worker(listening, { eval: true });
    closing.push(() => worker.terminate());
    const at = await new Promise<number>((resolve) => worker.once('message', resolve));
    const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => guardFor(at).connect('127.0.0.1', at)));
    for (const attempt of attempts) if (attempt.status === 'fulfilled') attempt.value.destroy();
    const late = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [String(attempt.reason)] : []));
    expect(late.length).toBeGreaterThan(0);
    for (const said of late) expect(said).toContain('no connection in 0.2 s');
  }); // prettier-ignore

  it('ends the wait for a TLS handshake, and for one that is cut off', async () => {
    const at = await silent();
    await expect(guardFor(at).connectSecure('127.0.0.1', at, {})).rejects.toThrow('no TLS handshake in 0.2 s');
    const cut = createTcpServer((socket) => socket.end());
    await new Promise<void>((resolve) => cut.listen(0, '127.0.0.1', resolve));
    closing.push(() => cut.close());
    const { port: other } = cut.address() as AddressInfo;
    await expect(guardFor(other).connectSecure('127.0.0.1', other, {})).rejects.toThrow(/disconnected|closed|reset/);
  }); // prettier-ignore

  const whole = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
  it.each(['waits for the second', 'is handed over to the second'])(
    'ends a kept connection that falls silent after a request, when it %s',
    async (how) => {
      const at = await silent(whole);
      const agent = new GuardedHttpAgent(guardFor(at), { keepAlive: true, maxSockets: 1 });
      closing.push(() => agent.destroy());
      const first = get(at, agent);
      if (how === 'waits for the second') {
        expect(await first).toBe('ok');
        await eventually('it is free', () => Object.keys(agent.freeSockets).length === 1);
      }
      await expect(get(at, agent)).rejects.toThrow('it sent nothing for 0.2 s');
      expect(await first).toBe('ok');
    },
  );
});

it.each(['10.0.0', 'example.com', '10.0.0.0/99', '::1:x', '127.0.0.1:port', 'https://10.0.0.1'])(
  'does not start with %s in the list of what is allowed',
  (entry) => {
    expect(() => parseAllowed(entry)).toThrow('neither an address nor a range');
  },
);
