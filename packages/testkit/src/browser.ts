import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';

const executablePath = '/usr/bin/chromium';
const args = [
  ...[
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-quic',
    '--no-first-run',
  ],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** A page that has seen enough of a stream ends it by itself. */
const ABORTED = 'net::ERR_ABORTED';

export interface OpenPage {
  readonly page: Page;
  /** What went wrong so far, as the browser's console shows it: exceptions, refused and missing files. */
  readonly errors: readonly string[];
}

/** Debian's Chromium, with a profile of its own. */
export async function startBrowser(): Promise<Browser> {
  if (!existsSync(executablePath))
    throw new Error('There is no Chromium. Install it: FOR_TESTS=1 scripts/install-packages.sh');
  // Loaded here, for the few that open pages: it takes longer than all else that a test file loads.
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath, args });
}

/** Loads a page in a window of this size and waits until it asks for nothing more. */
export async function openPage(
  browser: Browser,
  url: string,
  width: number,
  height = 900,
): Promise<OpenPage> {
  const page = await browser.newPage({ viewport: { width, height } });
  const errors: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
  page.on('pageerror', (error) => void errors.push(String(error)));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    if (why !== ABORTED) errors.push(`${request.url()}: ${why}`);
  });
  await page.goto(url, { waitUntil: 'networkidle' });
  return { page, errors };
}

/** Pixels that the content of a page and its window are wide. (As text: it runs in the browser, not here.) */
export function widthsOf(page: Page): Promise<{ content: number; window: number }> {
  const root = 'document.documentElement';
  return page.evaluate(`({ content: ${root}.scrollWidth, window: ${root}.clientWidth })`);
}
