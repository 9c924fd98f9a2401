import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDocker } from '../docker-engine';
import { labels } from './container';
import { followEvents } from './watch';

const dir = mkdtempSync(join(tmpdir(), 'watch-'));
const socketPath = join(dir, 'docker.sock');
const event = `${JSON.stringify({ Actor: { Attributes: { [labels.instanceId]: 'ins_1' } } })}\n`;
/** Answers as Docker's events do: at once, and without an end. */
let server: Server;
const unhandled: unknown[] = [];
const note = (error: unknown) => void unhandled.push(error);
beforeAll(async () => {
  process.on('unhandledRejection', note).on('uncaughtException', note);
  server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(event.repeat(3));
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
});
afterAll(() => {
  process.off('unhandledRejection', note).off('uncaughtException', note);
  server.closeAllConnections();
  server.close();
  rmSync(dir, { recursive: true });
});

it.each([
  ['there is a stream', 1],
  ['the first event', 2],
  ['the last event that came', 4],
])('ends quietly when it is stopped while it tells that %s', async (_what, at) => {
  const stop = new AbortController();
  const told: unknown[] = [];
  const onChange = (id?: string) => {
    told.push(id);
    if (told.length === at) stop.abort();
  };
  await followEvents(connectDocker(socketPath), 'hst_1', onChange, stop.signal);
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  expect({ told: told.length, unhandled }).toEqual({ told: at, unhandled: [] });
});
