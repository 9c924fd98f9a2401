import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { EgressGuard, egressConfig } from '@thecloud/service-kit';
import { bitFlips, readEach, truncations } from '@thecloud/testkit';
import { SourceFailure } from './source-failure';
import { SourceRegistry } from './source-registry';

/** What each server was asked with. */
interface Asked {
  readonly url: string;
  readonly authorization: string | undefined;
}
const closing: Array<{ close(): unknown }> = [];
afterEach(() => closing.splice(0).forEach((one) => one.close()));

const addressOf = (server: { address(): unknown }) => `127.0.0.1:${(server.address() as AddressInfo).port}`;
async function listen<S extends Server | ReturnType<typeof createTcpServer>>(server: S): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(server);
  return addressOf(server);
}
const http = (asked: Asked[], answer: RequestListener) =>
  listen(
    createServer((request, response) => {
      asked.push({ url: request.url ?? '', authorization: request.headers.authorization });
      answer(request, response);
    }),
  );
function open(registry: string, ...others: string[]): SourceRegistry {
  const allowed = [registry, ...others].map((address) => `http://${address}`).join(',');
  const guard = new EgressGuard({ allow: egressConfig.THECLOUD_EGRESS_ALLOW.parse(allowed) });
  const reference = { registry, repository: 'a/b', version: '1' };
  const source = new SourceRegistry(guard, reference, new AbortController().signal);
  closing.push(source);
  return source;
}
const get = async (source: SourceRegistry) => {
  const answer = await source.open('manifests/1', 'GET', {});
  answer.on('error', () => undefined).resume();
  return answer.statusCode;
};

it.each(['the host of its realm', 'the registry itself'])(
  'asks %s for a second token without the first',
  async (whose) => {
    const [atRegistry, atRealm] = [[] as Asked[], [] as Asked[]];
    let given = 0;
    const give: RequestListener = (_, response) => {
      given += 1;
      response.end(JSON.stringify({ token: `token-${given}` }));
    };
    const other = await http(atRealm, give);
    // Each token is good for one request.
    const good = new Set(['Bearer token-1', 'Bearer token-2']);
    const registry: string = await http(atRegistry, (request, response) => {
      if (request.url?.startsWith('/token')) return give(request, response);
      if (good.delete(request.headers.authorization ?? '')) return void response.end('{}');
      const realm = `http://${whose === 'the registry itself' ? registry : other}/token`;
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="s"` }).end();
    });
    const source = open(registry, other);
    expect([await get(source), await get(source)]).toEqual([200, 200]);
    const tokens = [...atRegistry, ...atRealm].filter(({ url }) => url.startsWith('/token'));
    const url = '/token?service=s&scope=repository%3Aa%2Fb%3Apull';
    expect(tokens).toEqual([
      { url, authorization: undefined },
      { url, authorization: undefined },
    ]);
    expect(
      atRegistry.filter(({ url }) => url.startsWith('/v2')).map(({ authorization }) => authorization),
    ).toEqual([undefined, 'Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
  },
);

it.each(['the challenge', 'the token', 'the manifest'])('%s that is damaged fails the import alone', async (what) => {
  const manifest = '{"schemaVersion":2,"layers":[]}';
  const token = '{"token":"a.b-c","access_token":"a.b-c","expires_in":300}';
  const lines = (status: string, ...more: string[]) => Buffer.from([status, 'connection: close', ...more].join('\r\n'));
  const length = (body: string) => `content-length: ${body.length}`;
  let realm = '';
  const whole = () => ({
    'the challenge': lines('HTTP/1.1 401 Unauthorized', `www-authenticate: Bearer realm="${realm}",service="s"`, 'content-length: 0', '', ''),
    'the token': lines('HTTP/1.1 200 OK', 'content-type: application/json', length(token), '', token),
    'the manifest': lines('HTTP/1.1 200 OK', 'content-type: application/json', length(manifest), '', manifest),
  }); // prettier-ignore
  let sent: Record<string, Buffer> = {};
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (bytes: Buffer) => {
      const head = bytes.toString('latin1');
      const isAuthorized = /^authorization: /im.test(head);
      const which = head.startsWith('GET /token') ? 'the token' : isAuthorized ? 'the manifest' : 'the challenge';
      socket.end(sent[which] ?? '');
    });
  });
  const registry = await listen(server);
  realm = `http://${registry}/token`;
  const read = async () => {
    const source = open(registry);
    try {
      return await get(source);
    } finally {
      source.close();
    }
  };
  sent = whole();
  expect(await read()).toBe(200);
  const bytes = sent[what] ?? Buffer.alloc(0);
  const readings = await readEach([...truncations(bytes, 20), ...bitFlips(bytes, 30, 8)], (damaged) => {
    sent = { ...whole(), [what]: damaged };
    return read();
  });
  for (const { how, error } of readings)
    expect({ how, error: error === undefined || error instanceof SourceFailure }).toEqual({ how, error: true });
  expect(readings.filter(({ error }) => error instanceof SourceFailure).length).toBeGreaterThan(10);
  const words = readings.flatMap(({ error }) => (error instanceof SourceFailure ? [error.message] : []));
  expect(words.filter((said) => /secure connection|Parse Error|undefined/.test(said))).toEqual([]);
}); // prettier-ignore
