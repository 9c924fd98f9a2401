import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { problem } from '../test/recorded-gateway';
import { Cloud } from './cloud';
import { mostQueued } from './connection';
import { CloudApiError, CloudConnectionError } from './errors';
import type { SocketFactory, SocketLike } from './socket';
import { openDuplex, openStream, type Resume } from './stream';

type Script = (socket: WebSocket, request: URL) => void;

/** Both ways to a WebSocket: the platform's, which shows no refusal and cannot wait, and that of `ws`. */
const sockets: [string, SocketFactory | undefined][] = [
  ['the platform', undefined],
  ['ws', (url, protocols) => new WebSocket(url, protocols) as unknown as SocketLike],
];

describe.each(sockets)('a stream over the WebSocket of %s', (_, webSocket) => {
  let http: Server;
  let server: WebSocketServer;
  let url: string;
  /** What the next connections do, the last one for good; a number refuses with that status. */
  let scripts: (Script | number)[];
  let opened: { url: URL; protocols: string[] }[];
  let plain: IncomingMessage[];
  const given = (...next: (Script | number)[]) => (scripts = next);
  const next = () => (scripts.length > 1 ? scripts.shift()! : scripts[0]!);

  beforeEach(async () => {
    opened = [];
    plain = [];
    const refusal = (status: number) =>
      JSON.stringify(problem(status, 'NOT_FOUND', 'NO_SUCH', 'It is gone.'));
    server = new WebSocketServer({ noServer: true, handleProtocols: () => 'thecloud.v1' });
    http = createServer((request, response) => {
      plain.push(request);
      const script = next();
      response.writeHead(typeof script === 'number' ? script : 200, { 'retry-after': '0' });
      response.end(typeof script === 'number' ? refusal(script) : '');
    });
    http.on('upgrade', (request, socket: Socket, head) => {
      const at = new URL(request.url ?? '/', 'http://x');
      opened.push({ url: at, protocols: (request.headers['sec-websocket-protocol'] ?? '').split(/, ?/) });
      const script = scripts[0];
      if (typeof script === 'number') {
        // A platform's socket asks again by a plain request, which then takes the script off.
        if (webSocket) next();
        const body = refusal(script);
        const head = `HTTP/1.1 ${script} No\r\nRetry-After: 0\r\nContent-Length: ${body.length}\r\nConnection: close`;
        return void socket.end(`${head}\r\n\r\n${body}`);
      }
      next();
      server.handleUpgrade(request, socket, head, (open) => script!(open, at));
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    for (const socket of server.clients) socket.terminate();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });

  const cloud = () => {
    const retry = { baseDelayMs: 1, maxDelayMs: 2 };
    return new Cloud({ url, sessionToken: 'cloudsess_x', project: 'prj_1', retry, webSocket });
  };
  const route = { verb: 'GET', path: '/v1/things/{id}:watch', body: '', scope: 'project' } as const;
  const stream = (resume: Resume = 'never', request = {}, signal?: AbortSignal) =>
    openStream<{ id: string }>(cloud()['transport'], route, ['t 1'], request, resume, { signal });
  const duplex = (path: string) =>
    openDuplex<object, object>(cloud()['transport'], { ...route, path }, ['t1']);
  const says = (...ids: string[]) => ids.map((id) => JSON.stringify({ result: { id } }));
  const send = (socket: WebSocket, ...ids: string[]) => says(...ids).forEach((text) => socket.send(text));
  const read = async (from: AsyncIterable<{ id: string }>, into: string[] = []) => {
    for await (const { id } of from) into.push(id);
    return into;
  };

  it('says who calls by subprotocols, and yields until the other side ends', async () => {
    given((socket) => {
      send(socket, 'a', 'b', 'c');
      socket.close(1000);
    });
    expect(await read(stream('never', { tail: 3, type: ['x', 'y'] }))).toEqual(['a', 'b', 'c']);
    expect(opened[0]?.url.href).toBe('http://x/v1/things/t%201:watch?tail=3&type=x&type=y');
    expect(opened[0]?.protocols).toEqual([
      'thecloud.v1',
      'thecloud.bearer.cloudsess_x',
      'thecloud.project.prj_1',
    ]);
  });

  it('throws the refusal it got before it began', async () => {
    given(404);
    const error: unknown = await read(stream('again')).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CloudApiError);
    expect(error).toMatchObject({ status: 404, reason: 'NO_SUCH', message: 'It is gone.' });
  });

  it('tries again what passes before it began, too', async () => {
    given(503, (socket) => {
      send(socket, 'a');
      socket.close(1000);
    });
    expect(await read(stream())).toEqual(['a']);
  });

  it.each([
    [
      'a frame',
      (socket: WebSocket) => socket.send(JSON.stringify({ error: problem(404, 'NOT_FOUND', 'R', 'gone') })),
    ],
    ['a close code', (socket: WebSocket) => socket.close(4404)],
  ])('throws the error that ended it, told by %s', async (_how, fail) => {
    given((socket) => {
      send(socket, 'a');
      fail(socket);
    });
    const seen: string[] = [];
    await expect(read(stream('again'), seen)).rejects.toMatchObject({ status: 404 });
    expect(seen).toEqual(['a']);
  });

  it('goes on after the last message read when the connection is lost', async () => {
    given(
      (socket) => {
        send(socket, 'a', 'b');
        socket.close(1012);
      },
      (socket) => socket.terminate(),
      503,
      (socket) => {
        send(socket, 'c');
        socket.close(1000);
      },
    );
    expect(await read(stream('after', { type: ['x'] }))).toEqual(['a', 'b', 'c']);
    expect(opened.at(-1)?.url.search).toBe('?type=x&after=b');
  });

  it('asks again as before when every message tells all', async () => {
    given(
      (socket) => {
        send(socket, 'a');
        socket.terminate();
      },
      (socket) => {
        send(socket, 'a2');
        socket.close(1000);
      },
    );
    expect(await read(stream('again'))).toEqual(['a', 'a2']);
    expect(opened[1]?.url.search).toBe('');
  });

  it('does not hide a loss where something would be missing', async () => {
    given((socket) => {
      send(socket, 'a');
      socket.terminate();
    });
    await expect(read(stream('never'))).rejects.toBeInstanceOf(CloudConnectionError);
    expect(opened).toHaveLength(1);
  });

  it('closes the connection when its reader leaves, closes it or aborts', async () => {
    const closed: number[] = [];
    given((socket) => {
      send(socket, 'a', 'b');
      socket.on('close', (code) => closed.push(code));
    });
    for await (const { id } of stream()) if (id === 'a') break;
    const open = stream();
    for await (const { id } of open) if (id === 'b') open.close();
    const stop = new AbortController();
    const aborted = (async () => {
      for await (const { id } of stream('again', {}, stop.signal)) {
        if (id === 'b') setImmediate(() => stop.abort(new Error('enough')));
      }
    })();
    await expect(aborted).rejects.toThrow('enough');
    while (closed.length < 3) await new Promise((resolve) => setImmediate(resolve));
    expect(new Set(closed)).toEqual(new Set([1000]));
  });

  it('keeps a bounded part of what its reader does not read, and loses nothing', async () => {
    const chunk = 'x'.repeat(1024 * 1024);
    const total = (4 * mostQueued) / chunk.length;
    let sent = 0;
    given((socket, at) => {
      sent = Number(at.searchParams.get('after') ?? 0);
      const more = () => {
        if (socket.readyState !== socket.OPEN) return;
        if (sent === total) return socket.close(1000);
        sent++;
        socket.send(JSON.stringify({ result: { id: String(sent), chunk } }), more);
      };
      more();
    });
    const ids: number[] = [];
    for await (const { id } of stream('after')) {
      ids.push(Number(id));
      // A slow reader: the sender gets every chance to run ahead.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(ids).toEqual(Array.from({ length: total }, (_unused, index) => index + 1));
  });

  it('speaks both ways, and says when it has said all', async () => {
    given((socket) =>
      socket.on('message', (data: Buffer) => {
        if (data.length === 0) return socket.close(1000);
        socket.send(`{"result":{"id":"heard ${(JSON.parse(data.toString()) as { say: string }).say}"}}`);
      }),
    );
    const talk = duplex('/v1/things/{id}/exec');
    await talk.opened;
    await talk.send({ say: 'a' });
    await talk.send({ say: 'b' });
    await talk.end();
    expect(await read(talk as AsyncIterable<{ id: string }>)).toEqual(['heard a', 'heard b']);
  });

  it('throws the refusal of a conversation to whoever reads or sends', async () => {
    given(404);
    const talk = duplex('/v1/things/{id}/exec');
    await expect(talk.opened).rejects.toMatchObject({ status: 404, reason: 'NO_SUCH' });
    await expect(talk.send({})).rejects.toMatchObject({ status: 404 });
    await expect(read(talk as AsyncIterable<{ id: string }>)).rejects.toMatchObject({ status: 404 });
    if (!webSocket) expect(plain[0]?.url).toBe('/v1/things/t1');
  });
});
