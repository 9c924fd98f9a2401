import { statSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { makeCertificates } from '../test/certificates';
import { crash, Scratch } from '../test/scratch';
import { nats } from './nats';
import { freePort } from './ports';
import { clientTls } from './probe';

const scratch = new Scratch();
const tls = makeCertificates(scratch.dir);
let port: number;
const make = () => nats({ dir: scratch.dir, port, tls });

beforeAll(async () => {
  port = await freePort();
  await scratch.add(make()).start();
});
afterAll(() => scratch.destroy());

/** One request by the bare protocol: greeting, TLS, CONNECT, SUB, PUB; answers the reply's payload. */
async function request(
  subject: string,
  payload = '',
  files = clientTls(tls),
): Promise<Record<string, unknown>> {
  const plain = connect({ host: '127.0.0.1', port });
  await once(plain, 'data');
  const socket: TLSSocket = connectTls({ socket: plain, ...files });
  socket.setTimeout(5_000, () => socket.destroy(new Error(`no reply to ${subject} in 5 s`)));
  try {
    await once(socket, 'secureConnect');
    socket.write('CONNECT {"verbose":false,"pedantic":false,"tls_required":true}\r\nSUB reply 1\r\n');
    socket.write(`PUB ${subject} reply ${Buffer.byteLength(payload)}\r\n${payload}\r\n`);
    let text = '';
    for await (const chunk of socket) {
      text += String(chunk);
      const body = /MSG reply 1 +\d+\r\n(.*)\r\n/.exec(text)?.[1];
      if (body !== undefined) return JSON.parse(body);
    }
    throw new Error(`no reply to ${subject}: ${text}`);
  } finally {
    socket.destroy();
  }
}

test('serves JetStream over mutual TLS only', async () => {
  expect(await make().ready()).toBe(true);
  expect(await request('$JS.API.INFO')).toMatchObject({ streams: 0 });
  await expect(
    request('$JS.API.INFO', '', { ...clientTls(tls), cert: Buffer.alloc(0), key: Buffer.alloc(0) }),
  ).rejects.toThrow();
  expect(statSync(join(scratch.dir, 'nats', 'nats.conf')).mode & 0o777).toBe(0o600);
});

test('a stream and its messages survive kill -9', async () => {
  const config = {
    name: 'KEPT',
    subjects: ['kept.>'],
    storage: 'file',
    retention: 'limits',
    num_replicas: 1,
  };
  expect(await request('$JS.API.STREAM.CREATE.KEPT', JSON.stringify(config))).not.toHaveProperty('error');
  expect(await request('kept.one', 'hello')).toEqual({ stream: 'KEPT', seq: 1 });
  await crash(make());
  await make().start();
  expect(await request('$JS.API.STREAM.INFO.KEPT')).toMatchObject({ state: { messages: 1 } });
});

test('a reload keeps the process, stop ends it', async () => {
  const before = make().pid();
  await make().reload();
  await make().start();
  expect(make().pid()).toBe(before);
  expect(await request('$JS.API.INFO')).toMatchObject({ streams: 1 });
  await make().stop();
  expect(make().pid()).toBeUndefined();
});
