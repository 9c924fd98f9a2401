import type { AddressInfo } from 'node:net';
import { Client, Pool } from 'pg';
import type { PoolConfig } from 'pg';
import { WebSocketServer } from 'ws';
import { newId } from '@thecloud/kernel';
import { answer } from '../processes';
import { changeSteadily } from './changes';
import type { ChangeJob } from './changes';

/**
 * The bare peer: the same rows, told by NOTIFY and handed on by a WebSocket server, in one process. What a reader misses
 * while away is lost to him; there are no tenants, no credentials, no TLS.
 */
let pool: Pool | undefined;

async function serve(config: PoolConfig): Promise<string> {
  pool = new Pool({ ...config, max: 10 });
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  const listener = new Client(config);
  await listener.connect();
  listener.on('notification', ({ payload }) => {
    for (const socket of server.clients) socket.send(`{"result":${payload ?? 'null'}}`);
  });
  await listener.query('LISTEN changes');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function change(projectId: string, n: number, id: string): Promise<void> {
  const event = {
    specversion: '1.0',
    id: newId('event'),
    source: '/peer',
    type: 'thecloud.instance.changed',
    subject: id,
    time: new Date().toISOString(),
    data: { id, name: `seeded-${id}`, state: 'running', reason: '', n },
  };
  const text = JSON.stringify(event);
  const client = await pool!.connect();
  try {
    await client.query('BEGIN');
    await client.query({
      name: 'update',
      text: 'update compute.instance set version = version + 1, updated_at = now() where id = $1',
      values: [id],
    });
    await client.query({
      name: 'outbox', // published already: else our relay would work for the peer
      text: 'insert into compute.outbox (id, project_id, events, published_at) values ($1, $2, $3, now())',
      values: [event.id, projectId, `[${text}]`],
    });
    await client.query({ name: 'notify', text: "select pg_notify('changes', $1)", values: [text] });
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

answer<{ postgres: PoolConfig } | ChangeJob>((asked) =>
  'postgres' in asked
    ? serve(asked.postgres)
    : changeSteadily(asked, (n, id) => change(`${asked.projectId}-peer`, n, id)),
);
