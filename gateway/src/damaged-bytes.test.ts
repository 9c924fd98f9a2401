import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { Client, credentials, logVerbosity, Metadata, setLogVerbosity } from '@grpc/grpc-js';
import { bitFlips, truncations } from '@thecloud/testkit';
import { asIs } from './backend-call';
import { answerEmpty, gatewayBefore, goodKey } from './fixtures/gateway-before';
import type { GatewayBefore } from './fixtures/gateway-before';

jest.setTimeout(120_000);
const seed = 9;
const flips = 60;
let gateway: GatewayBefore;
beforeAll(async () => {
  setLogVerbosity(logVerbosity.NONE); // it logs metadata that it cannot read
  gateway = await gatewayBefore((method, call) => {
    if (method.responseStream) call.sendMetadata(new Metadata()); // lets the caller in
    answerEmpty(method, call);
  });
});
afterAll(() => gateway.close());

/**
 * Sends bytes on a connection of their own, ends it, and answers with all that came back. With a handshake, that goes
 * first, and the bytes when it has been answered.
 */
function say(port: number, bytes: Buffer, handshake?: string): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const cut = setTimeout(() => socket.destroy(), 1_000);
    socket.on('data', (part) => {
      if (handshake && said === '') socket.end(bytes);
      said += part.toString('latin1');
    });
    socket.on('error', () => {}); // a reset is an answer, too
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      clearTimeout(cut);
      resolve(said);
    });
    if (handshake) socket.write(handshake);
    else socket.end(bytes);
  });
}

/** `before`, then each damaged copy of `whole`, eight at a time. No answer may say that the fault is ours. */
async function sayDamaged(port: number, whole: Buffer, before: Buffer = Buffer.alloc(0), handshake?: string) {
  const damaged = [...truncations(whole), ...bitFlips(whole, flips, seed)];
  const answers: string[] = [];
  for (let i = 0; i < damaged.length; i += 8) {
    const some = damaged.slice(i, i + 8).map(async ({ how, bytes }) => {
      const said = await say(port, Buffer.concat([before, bytes]), handshake);
      expect([how, /HTTP\/1\.1 5(?!01)\d\d|"status":50[^1]/.exec(said)?.[0]]).toEqual([how, undefined]);
      return said;
    });
    answers.push(...(await Promise.all(some)));
  }
  return answers;
}

async function stillServes(): Promise<void> {
  const answer = await fetch(`${gateway.http.url}/v1/instances`, { headers: { 'x-api-key': goodKey } });
  expect(answer.status).toBe(200);
  expect((await grpcCall()).code).toBe(0);
}

/** What grpc-js sends for one call, recorded on its way. */
async function grpcCall(port = gateway.grpc.port): Promise<{ code: number; bytes: Buffer }> {
  const sent: Buffer[] = [];
  const wire = createServer((near: Socket) => {
    const far = connect(port, '127.0.0.1');
    near.on('data', (part) => sent.push(part)).on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
  const client = new Client(
    `127.0.0.1:${(wire.address() as AddressInfo).port}`,
    credentials.createInsecure(),
  );
  const metadata = new Metadata();
  metadata.set('x-api-key', goodKey);
  const path = '/thecloud.compute.v1.InstanceService/GetInstance';
  const code = await new Promise<number>((resolve) => {
    client.makeUnaryRequest(
      path,
      asIs,
      asIs,
      Buffer.from('\n\x05ins_1'),
      metadata,
      { deadline: Date.now() + 10_000 },
      (e) => resolve(e?.code ?? 0),
    );
  });
  client.close();
  await new Promise((resolve) => wire.close(resolve));
  return { code, bytes: Buffer.concat(sent) };
}

const head = (first: string, ...more: string[]) =>
  [first, 'Host: a', `X-Api-Key: ${goodKey}`, 'Connection: close', ...more, '', ''].join('\r\n');
const body = JSON.stringify({
  name: 'web',
  labels: { app: 'shop' },
  spec: { type: 'nano-1', image: 'é', env: { A: '1' } },
});
const length = (text: string) => `Content-Length: ${Buffer.byteLength(text)}`;

it.each<[string, string, number]>([
  [
    'a JSON body',
    head('POST /v1/instances HTTP/1.1', 'Content-Type: application/json', length(body)) + body,
    head('POST /v1/instances HTTP/1.1', 'Content-Type: application/json', length(body)).length,
  ],
  [
    'a request with a query',
    head('GET /v1/instances?page_size=5&label_selector=app%3Dshop&page_token=abc HTTP/1.1'),
    0,
  ],
  [
    'an upload in chunks',
    `${head('POST /v1/images:upload?name=x HTTP/1.1', 'Content-Type: application/x-tar', 'Transfer-Encoding: chunked')}` +
      `40\r\n${'a'.repeat(64)}\r\n20\r\n${'b'.repeat(32)}\r\n0\r\n\r\n`,
    0,
  ],
])('%s that is damaged is refused or taken, and ends nothing', async (_, text, from) => {
  const answers = await sayDamaged(
    gateway.http.port,
    Buffer.from(text.slice(from)),
    Buffer.from(text.slice(0, from)),
  );
  expect(answers.filter((said) => said.startsWith('HTTP/1.1 ')).length).toBeGreaterThan(flips / 2);
  await stillServes();
});

it('frames of a WebSocket that are damaged end it, and nothing else', async () => {
  const handshake = head(
    'GET /v1/instances/ins_1/exec HTTP/1.1', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  ).replace('Connection: close', 'Connection: Upgrade'); // prettier-ignore
  const frames = [
    '{"start":{"command":["cat"]}}',
    '{"stdin":"aGVsbG8="}',
    '{"resize":{"rows":4,"columns":5}}',
    '',
  ].map(frame);
  const answers = await sayDamaged(gateway.http.port, Buffer.concat(frames), undefined, handshake);
  expect(answers.every((said) => said.startsWith('HTTP/1.1 101 '))).toBe(true);
  await sayDamaged(gateway.http.port, Buffer.from(handshake));
  await stillServes();
});

/** A masked text frame (RFC 6455 §5.2). */
function frame(text: string): Buffer {
  const mask = Buffer.from([1, 2, 3, 4]);
  const payload = Buffer.from(text).map((byte, i) => byte ^ mask[i % 4]!);
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length]), mask, payload]);
}

it('an HTTP/2 connection that is damaged ends, and nothing else', async () => {
  const { bytes } = await grpcCall();
  expect(bytes.length).toBeGreaterThan(200);
  await sayDamaged(gateway.grpc.port, bytes);
  await sayDamaged(gateway.grpc.port, bytes.subarray(24), bytes.subarray(0, 24)); // behind the preface
  await stillServes();
});
