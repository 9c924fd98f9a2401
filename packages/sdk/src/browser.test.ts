import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { problem, recordedGateway } from '../test/recorded-gateway';

/** What a page does with the SDK; `Cloud` is in scope, and `done` gets what came of it. */
const page = (url: string) => `(async () => {
  const cloud = new Cloud({ url: ${url}, sessionToken: 'cloudsess_x', project: 'prj_1' });
  const names = [];
  for await (const { metadata } of cloud.instances.list()) names.push(metadata.name);
  const percents = [];
  for await (const { cpu } of cloud.instances.watchStats('ins_1')) percents.push(cpu.percent);
  const refused = await cloud.instances.get('ins_9').catch((error) => [error.name, error.status, error.reason]);
  const unseen = [];
  try {
    for await (const _ of cloud.instances.logs('ins_9')) unseen.push('never');
  } catch (error) {
    unseen.push(error.status);
  }
  await done({ names, percents, refused, unseen });
})()`;

const expected = {
  names: ['a', 'b'],
  percents: [1, 2],
  refused: ['CloudApiError', 404, 'GONE'],
  unseen: [404],
};

const bundle = async (format: 'iife' | 'esm') => {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, 'index.ts')],
    bundle: true,
    platform: 'browser',
    format,
    globalName: 'SDK',
    write: false,
  });
  return outputFiles[0]!.text;
};

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);

describe('in a browser', () => {
  let gateway: Awaited<ReturnType<typeof recordedGateway>>;
  beforeAll(async () => {
    const gone = { status: 404, body: problem(404, 'NOT_FOUND', 'GONE', 'There is none.') };
    const named = (name: string) => ({ metadata: { id: name, name } });
    gateway = await recordedGateway(
      {
        'GET /v1/instances': ({ query }) =>
          query.get('page_token') === '1'
            ? { body: { instances: [named('b')], next_page_token: '' } }
            : { body: { instances: [named('a')], next_page_token: '1' } },
        'GET /v1/instances/ins_9': gone,
        'GET /v1/instances/ins_9/logs': gone,
        'GET /page': {
          headers: { 'content-type': 'text/html' },
          text: `<script type="module">
            import { Cloud } from '/sdk.mjs';
            const done = (result) => fetch('/result', { method: 'POST', body: JSON.stringify(result) });
            ${page('location.origin')}.catch((error) => done({ error: String(error) }));
          </script>`,
        },
        'GET /sdk.mjs': { headers: { 'content-type': 'text/javascript' }, text: await bundle('esm') },
        'POST /result': {},
      },
      {
        '/v1/instances/ins_1/stats:watch': (socket) => {
          for (const percent of [1, 2]) socket.send(JSON.stringify({ result: { cpu: { percent } } }));
          socket.close(1000);
        },
      },
    );
  });
  afterAll(() => gateway.close());

  it('needs nothing but what the web platform has', async () => {
    const text = await bundle('iife');
    const { fetch, WebSocket, URL, AbortSignal, AbortController, ReadableStream, crypto } = globalThis;
    const { setTimeout, clearTimeout, btoa, atob, TextEncoder, Blob } = globalThis;
    let result: unknown;
    const done = (value: unknown) => (result = JSON.parse(JSON.stringify(value)) as unknown);
    const web = { fetch, WebSocket, URL, AbortSignal, AbortController, ReadableStream, crypto, Blob };
    const context = createContext({ ...web, setTimeout, clearTimeout, btoa, atob, TextEncoder, done });
    await runInContext(`${text}\nconst { Cloud } = SDK;\n${page(JSON.stringify(gateway.url))}`, context);
    expect(result).toEqual(expected);
  });

  (chromium ? it : it.skip)('works in Chromium', async () => {
    const profile = await mkdtemp(join(tmpdir(), 'sdk-chromium-'));
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
    ];
    const browser = spawn(chromium!, [...flags, `--user-data-dir=${profile}`, `${gateway.url}/page`], {
      stdio: 'ignore',
      detached: true, // a group of its own, which ends as one
    });
    const gone = new Promise((resolve) => browser.once('exit', resolve));
    const result = () => gateway.seen.find(({ path }) => path === '/result');
    try {
      const giveUp = Date.now() + 50_000;
      while (!result() && Date.now() < giveUp) await new Promise((resolve) => setTimeout(resolve, 50));
      expect(JSON.parse(result()?.text ?? '"the page said nothing"')).toEqual(expected);
    } finally {
      process.kill(-browser.pid!, 'SIGKILL');
      await gone;
      await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    }
  });
});
