import { connect } from 'node:net';
import { answerEmpty, gatewayBefore, goodKey } from './fixtures/gateway-before';
import type { GatewayBefore } from './fixtures/gateway-before';

let gateway: GatewayBefore;
beforeAll(async () => {
  gateway = await gatewayBefore(answerEmpty);
});
afterAll(() => gateway.close());

/** Sends `head` byte for byte, then `body` once it is asked to continue; answers with all that came back. */
function exchange(head: string, body = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(gateway.http.port, '127.0.0.1');
    let said = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      if (body && !said.includes('100 Continue') && (said + text).startsWith('HTTP/1.1 100'))
        socket.write(body);
      said += text;
    });
    socket.on('close', () => resolve(said)).on('error', reject);
    socket.write(head);
  });
}
const lines = (...of: string[]) => `${of.join('\r\n')}\r\n\r\n`;
const key = `X-Api-Key: ${goodKey}`;
const close = 'Connection: close';

/** The final answer, which is a problem document. */
function problemIn(said: string) {
  expect(said).not.toContain('100 Continue');
  const [head = '', body = ''] = said.split('\r\n\r\n');
  expect(head.toLowerCase()).toContain('content-type: application/problem+json');
  const { status, reason } = JSON.parse(body) as { status: number; reason: string };
  expect(head).toContain(`HTTP/1.1 ${status} `);
  return [status, reason];
}

it.each<[string, number, string, string[]]>([
  ['two hosts', 400, 'MALFORMED_HEAD', ['GET /v1/instances HTTP/1.1', 'Host: a', 'Host: a', key]],
  ['two hosts for a page', 400, 'MALFORMED_HEAD', ['GET /docs HTTP/1.1', 'Host: a', 'HOST: b']],
  ['no host', 400, 'MALFORMED_HEAD', ['GET /v1/instances HTTP/1.1', key]],
  ['a host that is none', 400, 'MALFORMED_HEAD', ['GET /v1/instances HTTP/1.1', 'Host: a b/c', key]],
  [
    'two transfer codings', 501, 'TRANSFER_CODING_UNSUPPORTED',
    ['POST /v1/instances HTTP/1.1', 'Host: a', key, 'Transfer-Encoding: gzip, chunked'],
  ],
  [
    'a length and a coding', 400, 'MALFORMED_HEAD',
    ['POST /v1/instances HTTP/1.1', 'Host: a', key, 'Transfer-Encoding: chunked', 'Content-Length: 3'],
  ],
  ['no HTTP', 400, 'MALFORMED_HEAD', ['hello']],
  ['a long header', 431, 'HEAD_TOO_LARGE', ['GET / HTTP/1.1', 'Host: a', `X-A: ${'a'.repeat(20_000)}`]],
  ['a very long header', 431, 'HEAD_TOO_LARGE', ['GET / HTTP/1.1', 'Host: a', `X-A: ${'a'.repeat(2_000_000)}`]],
  ['a long request line', 431, 'HEAD_TOO_LARGE', [`GET /${'a'.repeat(20_000)} HTTP/1.1`, 'Host: a']],
  ['an expectation', 417, 'EXPECTATION_UNSUPPORTED', ['GET /v1/instances HTTP/1.1', 'Host: a', key, 'Expect: tea']],
  [
    'a WebSocket to two hosts', 400, 'MALFORMED_HEAD',
    [
      'GET /v1/instances/ins_1/exec HTTP/1.1', 'Host: a', 'Host: b', key, 'Connection: Upgrade', 'Upgrade: websocket',
      'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ],
  ],
])('a head with %s is refused with %d %s', async (_, status, reason, head) => {
  expect(problemIn(await exchange(lines(...head)))).toEqual([status, reason]);
}); // prettier-ignore

it('one host, of any form, and a chunked body in any case are taken', async () => {
  for (const host of ['a', 'a:80', '[::1]:8080', '127.0.0.1', '']) {
    const said = await exchange(lines('GET /v1/instances HTTP/1.1', `Host: ${host}`, key, close));
    expect(said).toMatch(/^HTTP\/1\.1 200 /);
  }
  const said = await exchange(
    `${lines('POST /v1/instances HTTP/1.1', 'Host: a', key, close, 'Content-Type: application/json', 'Transfer-Encoding: Chunked')}2\r\n{}\r\n0\r\n\r\n`,
  );
  expect(said).toMatch(/^HTTP\/1\.1 202 /);
});

describe('who expects 100-continue', () => {
  const post = (...more: string[]) =>
    lines('POST /v1/instances HTTP/1.1', 'Host: a', close, 'Expect: 100-continue', ...more);
  const upload = (...more: string[]) =>
    lines('POST /v1/images:upload?name=x HTTP/1.1', 'Host: a', close, 'Expect: 100-continue', ...more);
  const typed = 'Content-Type: application/json';
  const tar = 'Content-Type: application/x-tar';
  const huge = 'Content-Length: 999000000000';

  it.each<[string, number, string, string]>([
    ['a bad key', 401, 'UNAUTHENTICATED', post('X-Api-Key: cloud_bad_key_00000', typed, 'Content-Length: 2')],
    ['999 GB', 413, 'BODY_TOO_LARGE', post(key, typed, huge)],
    ['a wrong type', 415, 'UNSUPPORTED_MEDIA_TYPE', post(key, 'Content-Type: text/xml', 'Content-Length: 2')],
    ['a wrong type in chunks', 415, 'UNSUPPORTED_MEDIA_TYPE', post(key, 'Transfer-Encoding: chunked')],
    ['an upload with a bad key', 401, 'UNAUTHENTICATED', upload('X-Api-Key: cloud_bad_key_00000', tar, huge)],
    ['an upload of 999 GB', 413, 'BODY_TOO_LARGE', upload(key, tar, huge)],
    ['an upload of a wrong type', 415, 'UNSUPPORTED_MEDIA_TYPE', upload(key, typed, 'Content-Length: 2')],
    [
      'no such route', 404, 'UNKNOWN_ROUTE',
      lines('POST /v1/nope HTTP/1.1', 'Host: a', key, close, 'Expect: 100-continue', 'Content-Length: 2'),
    ],
  ])('and sends %s gets the final status at once', async (_, status, reason, head) => {
    expect(problemIn(await exchange(head))).toEqual([status, reason]);
  }); // prettier-ignore

  it('and whose body is wanted is told to go on, and answered when it has come', async () => {
    const said = await exchange(post(key, typed, 'Content-Length: 2'), '{}');
    expect(said).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 202 /);
    const uploaded = await exchange(upload(key, tar, 'Content-Length: 2'), 'ab');
    expect(uploaded).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
  });
});
