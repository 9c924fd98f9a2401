import type { AddressInfo } from 'node:net';
import express from 'express';
import { Pool } from 'pg';
import type { PoolConfig } from 'pg';
import { answer } from '../processes';

/** The bare peer: Express 5 listening and one connection to PostgreSQL, in one process that nobody asks anything. */
async function start(postgres: PoolConfig): Promise<{ pid: number; port: number }> {
  const pool = new Pool({ ...postgres, idleTimeoutMillis: 0 });
  await pool.query('select 1');
  const app = express();
  app.get('/', async (_, res) => {
    res.json((await pool.query('select 1 as one')).rows);
  });
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () =>
      resolve({ pid: process.pid, port: (server.address() as AddressInfo).port }),
    );
  });
}

answer<PoolConfig>(start);
