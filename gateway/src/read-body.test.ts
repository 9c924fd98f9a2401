import { IncomingMessage } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';
import { parseJson, readJson } from './read-body';

const limits = { maxBytes: 64, timeoutMs: 10_000 };

function request(body: string | Buffer, headers: IncomingHttpHeaders = {}): IncomingMessage {
  const req = new IncomingMessage(new Socket());
  req.headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked', ...headers };
  if (body.length > 0) req.push(body);
  req.push(null);
  return req;
}

describe('readJson', () => {
  it.each([
    ['{"a":1}', {}, { a: 1 }],
    ['{"a":"é"}', { 'content-type': 'Application/JSON; charset="UTF-8"' }, { a: 'é' }],
    ['', {}, undefined],
    ['', { 'content-type': 'application/x-www-form-urlencoded' }, undefined],
  ])('reads %j with %j', async (body, headers, want) => {
    expect(await readJson(request(body, headers), limits)).toEqual(want);
  });

  it.each<[string, string | Buffer, IncomingHttpHeaders]>([
    ['UNSUPPORTED_MEDIA_TYPE', '{}', { 'content-type': 'text/plain' }],
    ['UNSUPPORTED_MEDIA_TYPE', '{}', { 'content-type': undefined }],
    ['UNSUPPORTED_MEDIA_TYPE', '{}', { 'content-type': 'application/json; charset=latin1' }],
    ['UNSUPPORTED_MEDIA_TYPE', '{}', { 'content-encoding': 'gzip' }],
    ['BODY_TOO_LARGE', `"${'x'.repeat(64)}"`, {}],
    ['BODY_TOO_LARGE', '{}', { 'content-length': '65' }],
    ['MALFORMED_JSON', '{"a":', {}],
    ['MALFORMED_JSON', Buffer.from([0x22, 0xff, 0x22]), {}],
    ['MALFORMED_JSON', '{"a":"\0"}', {}],
  ])('answers %s to %j with %j', async (reason, body, headers) => {
    await expect(readJson(request(body, headers), limits)).rejects.toMatchObject({ reason });
  });

  it('gives up on a body that does not come', async () => {
    const req = new IncomingMessage(new Socket());
    req.headers = { 'transfer-encoding': 'chunked' };
    await expect(readJson(req, { ...limits, timeoutMs: 20 })).rejects.toMatchObject({
      reason: 'BODY_TOO_SLOW',
    });
  });
});

describe('parseJson', () => {
  it.each([
    ['"a\\u0000b"', 'null character'],
    ['{"a\\u0000":1}', 'null character'],
    ['{"labels":{"__proto__":"x"}}', '__proto__'],
    ['['.repeat(40) + ']'.repeat(40), 'nests deeper'],
    ['['.repeat(500_000) + ']'.repeat(500_000), 'nests deeper'],
  ])('refuses %.40s', (text, why) => {
    expect(() => parseJson(Buffer.from(text))).toThrow(why);
  });

  it('keeps a backslash before u0000 that is no escape', () => {
    expect(parseJson(Buffer.from('"\\\\u0000"'))).toBe('\\u0000');
  });
});
