import type { AddressInfo } from 'node:net';
import express from 'express';
import { Pool } from 'pg';
import type { PoolConfig } from 'pg';
import { newId } from '@thecloud/kernel';
import { answer } from '../processes';
import { SELECT_INSTANCE } from './rows';

/**
 * The bare peer: Express 5 and pg in one process, the same rows in the same PostgreSQL, and nothing of what makes a
 * cloud: no authentication, tenancy, validation, TLS, log, queue or controller.
 */
function start(config: PoolConfig, projectId: string): Promise<string> {
  const pool = new Pool({ ...config, max: 10 });
  const app = express();
  app.get('/v1/instances/:id', async (req, res) => {
    const { rows } = await pool.query({
      name: 'get',
      text: `${SELECT_INSTANCE} where i.id = $1`,
      values: [req.params.id],
    });
    if (rows[0]) res.json(toJson(rows[0] as Row));
    else res.status(404).json({ error: 'not found' });
  });
  app.get('/v1/instances', async (req, res) => {
    const size = Number(req.query.page_size);
    const { rows } = await pool.query({
      name: 'list',
      text: `${SELECT_INSTANCE} where i.project_id = $1 order by i.id desc limit $2`,
      values: [projectId, size + 1],
    });
    const page = rows.slice(0, size) as Row[];
    res.json({ instances: page.map(toJson), next_page_token: rows.length > size ? page.at(-1)?.id : '' });
  });
  app.post('/v1/instances', express.json(), async (req, res) => {
    const row = await insert(pool, `${projectId}-peer`, req.body as Wanted);
    res.status(202).json(toJson({ ...row, bound: [] }));
  });
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });
}

interface Wanted {
  name: string;
  spec: { type: string; image: string };
}
type Row = Record<string, unknown> & { id: string; seen?: { startedAt?: string } | null };

/** The rows that our create writes for its caller: instance, operation and outbox, in one transaction. */
async function insert(pool: Pool, projectId: string, { name, spec }: Wanted): Promise<Row> {
  const [id, operationId, eventId] = [newId('instance'), newId('operation'), newId('event')];
  const now = new Date().toISOString();
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query<Row>({
      name: 'instance',
      text: `insert into compute.instance (id, project_id, name, labels, type, image_id, image_reference, command, env, ports,
               restart_policy, on_host_loss, desired, operation_id, state)
             values ($1, $2, $3, '{}', $4, $5, 'none', '[]', '{}', '[]', 'always', 'restart', 'running', $6, 'provisioning')
             returning *`,
      values: [id, projectId, name, spec.type, spec.image, operationId],
    });
    const steps = [{ name: 'place', state: 'running', message: '', startedAt: now }];
    await client.query({
      name: 'operation',
      text: `insert into compute.operation (id, project_id, kind, resource_id, requested_by, request_id, state, steps)
             values ($1, $2, 'instance.create', $3, '', '', 'running', $4)`,
      values: [operationId, projectId, id, JSON.stringify(steps)],
    });
    const event = {
      specversion: '1.0',
      id: eventId,
      subject: id,
      time: now,
      data: { name, state: 'provisioning' },
    };
    await client.query({
      name: 'outbox', // published already: else our relay would work for the peer
      text: `insert into compute.outbox (id, project_id, events, published_at) values ($1, $2, $3, now())`,
      values: [eventId, projectId, JSON.stringify([event])],
    });
    await client.query('COMMIT');
    return rows[0] as Row;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

function toJson(row: Row) {
  const { seen } = row;
  return {
    metadata: {
      id: row.id,
      name: row.name,
      project_id: row.project_id,
      labels: row.labels,
      generation: row.generation,
      version: row.version,
      created_at: row.created_at,
      updated_at: row.updated_at,
      operation_id: row.operation_id,
    },
    spec: {
      type: row.type,
      image: row.image_id,
      command: row.command,
      env: row.env,
      ports: row.ports,
      restart_policy: row.restart_policy,
      on_host_loss: row.on_host_loss,
    },
    status: {
      state: row.state,
      reason: row.reason,
      message: row.message,
      observed_generation: row.observed_generation,
      host_id: row.host_id,
      ports: row.bound,
      started_at: seen?.startedAt,
    },
  };
}

answer<{ postgres: PoolConfig; projectId: string }>(({ postgres, projectId }) => start(postgres, projectId));
