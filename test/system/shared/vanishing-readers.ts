import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { eventually } from '@thecloud/testkit';
import { idOf } from '../api';
import type { Cloud } from '../cloud';
import { Text } from '../streams';
import { sharedCloud } from './shared-cloud';

/** What an agent lets read one instance at a time. */
const MOST_READERS = 32;
let cloud: Cloud;
let noisy: string;
let quiet: string;

beforeAll(async () => {
  cloud = await sharedCloud();
  await cloud.importStarter();
  await cloud.importStarter(cloud.stranger);
  const env = { NOOP_LINE_EVERY_MS: '20', NOOP_LINE_BYTES: '64000' };
  noisy = idOf(await cloud.admin.launch('noisy', { env }));
  quiet = idOf(await cloud.stranger.launch('quiet'));
  await cloud.admin.reaches(noisy, 'running');
  await cloud.stranger.reaches(quiet, 'running');
});
afterAll(() => cloud.admin.call('DELETE', `/v1/instances/${noisy}`));

/** Asks for the whole log, and reads nothing of it but the beginning of the answer, as it came. */
async function reader(): Promise<{ socket: Socket; answer: string }> {
  const { hostname, port } = new URL(cloud.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  const key = `Authorization: Bearer ${cloud.admin.key}`;
  socket.write(`GET /v1/instances/${noisy}/logs?follow=true HTTP/1.1\r\nHost: x\r\n${key}\r\n\r\n`);
  await once(socket, 'readable');
  return { socket, answer: String(socket.read(12)) };
}

/** Each of these has a deadline of seconds on its way to the host: a connection that stands still answers 503. */
async function strangerIsServed(): Promise<void> {
  const answers = await Promise.all([
    cloud.stranger.call('GET', `/v1/instances/${quiet}/stats`),
    cloud.stranger.call('POST', `/v1/instances/${quiet}:exec`, { command: ['echo', 'here'] }),
    cloud.stranger.call('GET', `/v1/instances/${quiet}/files?path=/`),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  const log = await Text.open(cloud.stranger, `/v1/instances/${quiet}/logs?tail=1`);
  await log.ended;
  expect(log.text).toBe('started\n');
}

it('readers of one tenant that are slow or vanish delay nobody else', async () => {
  for (let round = 0; round < 6; round++) {
    const readers = await Promise.all(Array.from({ length: 16 }, reader));
    try {
      if (round % 3 === 0) await strangerIsServed();
    } finally {
      for (const { socket } of readers) socket.destroy();
    }
  }
  await strangerIsServed();
});

it('those that vanished have left: there is room for as many as before', async () => {
  const readers: Socket[] = [];
  await eventually('every place is free again', async () => {
    const more = await Promise.all(Array.from({ length: MOST_READERS - readers.length }, reader));
    for (const { socket, answer } of more)
      if (answer === 'HTTP/1.1 200') readers.push(socket);
      else socket.destroy();
    return readers.length === MOST_READERS;
  });
  for (const socket of readers) socket.destroy();
});
