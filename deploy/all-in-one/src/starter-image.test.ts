import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, until } from '@thecloud/engines';
import { openPage, startBrowser, widthsOf } from '@thecloud/testkit';
import { starterImage } from './starter-image';

const dir = mkdtempSync(join(tmpdir(), 'starter-'));
afterAll(() => rmSync(dir, { recursive: true }));

test('serves a page that names its host, and is the same bytes each time', async () => {
  const tar = await starterImage();
  expect(tar.equals(await starterImage())).toBe(true);
  execFileSync('tar', ['-x', '-C', dir], { input: tar });

  const port = await freePort();
  const server = spawn('/usr/sbin/chroot', [
    dir,
    '/bin/busybox',
    'httpd',
    '-f',
    '-p',
    `127.0.0.1:${port}`,
    '-h',
    '/www',
  ]);
  try {
    const page = () => fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(3_000) });
    await until(
      () =>
        page().then(
          () => true,
          () => false,
        ),
      5_000,
    );
    const response = await page();
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const text = await response.text();
    expect(text).toContain('Your cloud works');
    expect(text).toContain(execFileSync('hostname', { encoding: 'utf8' }).trim());
    const browser = await startBrowser();
    try {
      for (const width of [1440, 390]) {
        const shown = await openPage(browser, `http://127.0.0.1:${port}/`, width);
        expect(await shown.page.locator('body').innerText()).toContain('Your cloud works');
        expect((await widthsOf(shown.page)).content).toBeLessThanOrEqual(width);
        expect(shown.errors).toEqual([]);
      }
    } finally {
      await browser.close();
    }
  } finally {
    server.kill('SIGKILL');
  }
});
