import { randomBytes } from 'node:crypto';
import { fromBase64, fromBase64Anywhere, toBase64 } from './bytes';

describe.each([
  ['here', fromBase64],
  ['on any platform', fromBase64Anywhere],
])('base64 %s', (_, decode) => {
  it.each([0, 1, 2, 3, 70_000])('brings %d bytes back as they were', (length) => {
    const bytes = new Uint8Array(randomBytes(length));
    expect(decode(toBase64(bytes))).toEqual(bytes);
  });
});
