import { openPage, startBrowser, widthsOf } from '@thecloud/testkit';
import type { OpenPage } from '@thecloud/testkit';
import { answerEmpty, gatewayBefore, goodKey, publicMethods } from './fixtures/gateway-before';
import type { GatewayBefore } from './fixtures/gateway-before';

type Browser = Awaited<ReturnType<typeof startBrowser>>;
const shots = process.env['THECLOUD_TEST_SCREENSHOTS'];
const routes = publicMethods.flatMap((m) => (m.http ? [`${m.http.verb}${m.http.path}`] : []));
let gateway: GatewayBefore;
let browser: Browser;

beforeAll(async () => {
  gateway = await gatewayBefore(answerEmpty);
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await gateway.close();
});

describe.each([1440, 390])('/docs, %d pixels wide', (width) => {
  let docs: OpenPage;
  beforeAll(async () => {
    docs = await openPage(browser, `${gateway.http.url}/docs`, width);
    if (shots) await docs.page.screenshot({ path: `${shots}/docs-${width}.png` });
  });
  afterAll(() => docs.page.close());

  const headings = () => docs.page.locator('article.operation h3').allTextContents();

  it('shows every route once, by path, and logs no error', async () => {
    expect((await headings()).sort()).toEqual([...routes].sort());
    expect(docs.errors).toEqual([]);
  });

  it("groups them by noun, a tenant's first", async () => {
    const nouns = await docs.page.locator('#content h2').allTextContents();
    const of = (path: string) => /^\/v1\/([a-z-]+)/.exec(path)![1]!;
    expect(nouns.slice(0, -1).sort()).toEqual(
      [...new Set(routes.map((r) => of(r.slice(r.indexOf('/')))))].sort(),
    );
    expect(nouns.indexOf('hosts')).toBe(nouns.length - 2); // the operator's; behind it are the schemas
    const shown = (await headings()).map((text) => text.slice(text.indexOf('/')));
    const sorted = nouns.slice(0, -1).flatMap((noun) => shown.filter((path) => of(path) === noun).sort());
    expect(shown).toEqual(sorted);
  });

  it('fits its window', async () => {
    const { content, window } = await widthsOf(docs.page);
    expect(content).toBeLessThanOrEqual(window);
    const overflowing = await docs.page
      .locator('article')
      .evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.id));
    expect(overflowing).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ['ListInstances', { page_size: '5' }],
    ['CreateInstance', {}],
    ['WatchInstance', { id: 'ins_1' }],
  ])('tries %s with the key', async (id, fields) => {
    await docs.page.fill('#key', goodKey);
    const card = docs.page.locator(`#${id}`);
    await card.locator('summary').click();
    for (const [name, value] of Object.entries(fields)) await card.locator(`[name=${name}]`).fill(value);
    await card.getByText('Send').click();
    await card.locator('.output', { hasText: /^20[02] [^]*\{/ }).waitFor();
    if (shots && id === 'CreateInstance') await docs.page.screenshot({ path: `${shots}/try-${width}.png` });
    expect(docs.errors).toEqual([]);
  });

  it('shows a refusal as it came', async () => {
    await docs.page.fill('#key', 'cloud_not_a_known_key');
    const card = docs.page.locator('#GetInstance');
    await card.locator('summary').click();
    await card.locator('[name=id]').fill('ins_1');
    await card.getByText('Send').click();
    await card.locator('.output', { hasText: '"UNAUTHENTICATED"' }).waitFor();
  });

  it('finds an operation', async () => {
    if (width < 800) await docs.page.locator('#index summary').click();
    await docs.page.fill('#filter', 'ssh');
    const links = docs.page.locator('#toc a:visible');
    expect(await links.count()).toBe(routes.filter((r) => r.includes('ssh')).length);
    await links.first().click();
    expect(docs.page.url()).toContain('#');
  });
});
