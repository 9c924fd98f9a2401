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

  it('takes no time to speak of for what a large file comes in', () => {
    const chunk = toBase64(new Uint8Array(64 * 1024).fill(7));
    const begun = process.cpuUsage();
    for (let count = 0; count < 1024; count++) decode(chunk);
    // An iterator over the characters of these 64 MiB takes 10 s.
    expect(process.cpuUsage(begun).user).toBeLessThan(5_000_000);
  });
});
