import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { WebSocket } from 'ws';
import { methods } from '@thecloud/api';
import { newId } from '@thecloud/kernel';
import type { IdKind } from '@thecloud/kernel';
import { idOf } from './api';
import type { Body } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';

jest.setTimeout(60_000);
let cloud: Cloud;
/** Things of the first project, by the collection their routes stand under. */
const theirs: Record<string, { id: string; kind: IdKind }> = {};

beforeAll(async () => {
  cloud = await startCloud({ driver: 'noop' });
  const { admin } = cloud;
  await cloud.importStarter();
  const instance = await admin.launch('private', { env: { SECRET: 'of the first project' } });
  await admin.reaches(idOf(instance), 'running');
  const [image] = (await admin.call('GET', '/v1/images')).body.images ?? [];
  const key = await admin.call('POST', '/v1/api-keys', { name: 'theirs' });
  const ssh = await admin.call('POST', '/v1/ssh-keys', { name: 'theirs', public_key: publicKey() });
  const { body: members } = await admin.call('GET', '/v1/members');
  theirs['instances'] = { id: idOf(instance), kind: 'instance' };
  theirs['operations'] = { id: instance.metadata?.operation_id ?? '', kind: 'operation' };
  theirs['images'] = { id: idOf(image ?? {}), kind: 'image' };
  theirs['api-keys'] = { id: idOf(key.body), kind: 'apiKey' };
  theirs['ssh-keys'] = { id: idOf(ssh.body), kind: 'sshKey' };
  theirs['projects'] = { id: instance.metadata?.project_id ?? '', kind: 'project' };
  theirs['members'] = {
    id: (members as { members?: Array<{ user_id: string }> }).members?.[0]?.user_id ?? '',
    kind: 'user',
  };
});
afterAll(() => cloud.close());

function publicKey(): string {
  const dir = mkdtempSync(join(tmpdir(), 'key-'));
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, 'key')]);
  const text = readFileSync(join(dir, 'key.pub'), 'utf8').trim();
  rmSync(dir, { recursive: true });
  return text;
}

/** Bodies that are well formed, for the routes that need one. */
const bodies: Record<string, object> = {
  UpdateInstance: { name: 'stolen' },
  RenameSshKey: { name: 'stolen' },
  UpdateMember: { role: 'viewer' },
  RunInstanceCommand: { command: ['id'] },
};

/** The plain answer to a WebSocket handshake. */
function refusedSocket(path: string, key: string): Promise<{ status: number; body: Body }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(cloud.url.replace('http', 'ws') + path, { headers: { 'x-api-key': key } });
    socket.once('open', () => reject(new Error(`${path} was let in`)));
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          body: JSON.parse(Buffer.concat(parts).toString()) as Body,
        }),
      );
    });
  });
}

const byId = methods.filter(
  (m) =>
    m.http && /\{[^}]+\}/.test(m.http.path) && m.auth.scope !== 'platform' && m.rpc !== 'GetInstanceType',
);

it.each(byId.map((m) => [m.rpc, m] as const))(
  "%s answers for another project's id exactly as for a missing one",
  async (rpc, { http, requestStream, responseStream }) => {
    const [, , collection = ''] = http?.path.split('/') ?? [];
    const target = theirs[collection];
    if (!target) throw new Error(`give this test something of the first project under /v1/${collection}`);
    const missing: string = newId(target.kind);
    const ask = async (id: string) => {
      const path = http?.path.replace(/\{[^}]+\}/, id) ?? '';
      const { status, body } =
        requestStream && responseStream
          ? await refusedSocket(path, cloud.stranger.key)
          : await cloud.stranger.call(
              http?.verb ?? '',
              path,
              http?.verb === 'GET' || http?.verb === 'DELETE' ? undefined : (bodies[rpc] ?? {}),
            );
      const { request_id: _, ...said } = body;
      return { status, said: JSON.stringify(said).replaceAll(id, '<id>') };
    };
    const [foreign, absent] = [await ask(target.id), await ask(missing)];
    expect(foreign.status).toBe(404);
    expect(foreign).toEqual(absent);
  },
);

it.each(
  methods
    .filter((m) => m.http?.verb === 'GET' && m.rpc.startsWith('List') && m.auth.scope === 'project')
    .map((m) => [m.rpc, m.http?.path ?? '']),
)('%s lists nothing of another project', async (_rpc, path) => {
  const { status, body } = await cloud.stranger.call('GET', path);
  expect(status).toBe(200);
  const text = JSON.stringify(body);
  for (const { id } of Object.values(theirs)) expect(text).not.toContain(id);
});

it('cannot use an image of another project, by id or by name', async () => {
  for (const image of [theirs['images']?.id, 'starter']) {
    const answer = await cloud.stranger.call('POST', '/v1/instances', {
      name: 'thief',
      spec: { type: 'nano-1', image },
    });
    expect(answer).toMatchObject({ status: 400, body: { reason: 'IMAGE_UNKNOWN' } });
  }
});

it.each(
  methods
    .filter((m) => m.auth.scope === 'platform' && m.http)
    .map((m) => [m.rpc, m.http?.verb ?? '', m.http?.path ?? '']),
)('%s is for administrators of the installation', async (_rpc, verb, path) => {
  const answer = await cloud.stranger.call(
    verb,
    path.replace(/\{[^}]+\}/, cloud.hostId),
    verb === 'POST' ? (path === '/v1/hosts' ? { name: 'mine' } : {}) : undefined,
  );
  expect(answer.status).toBe(403);
});

it('leaks nothing when a query forgets its project: row-level security stands behind it', async () => {
  const client = new Client({
    connectionString: withPassword(cloud.database.url, cloud.database.password),
    ssl: { ca: cloud.database.ca },
  });
  await client.connect();
  try {
    const tables = await cloud.database.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'project_id'
        where c.relnamespace = 'compute'::regnamespace and c.relkind = 'r'`,
    );
    expect(tables.map((t) => t.name)).toEqual(
      expect.arrayContaining(['instance', 'image', 'operation', 'outbox', 'ssh_key']),
    );
    for (const { name } of tables) {
      const owned = await cloud.database.query<{ n: number }>(
        `select count(*)::int as n from compute.${name}`,
      );
      if (name !== 'outbox') expect(owned[0]?.n).toBeGreaterThan(0);
      for (const project of ['', newId('project')]) {
        await client.query('begin');
        await client.query(
          "select set_config('thecloud.project_id', $1, true), set_config('thecloud.scope', 'tenant', true)",
          [project],
        );
        expect((await client.query(`select * from compute.${name}`)).rows).toEqual([]);
        expect((await client.query(`update compute.${name} set project_id = $1`, [project])).rowCount).toBe(
          0,
        );
        expect((await client.query(`delete from compute.${name}`)).rowCount).toBe(0);
        await client.query('rollback');
      }
    }
    await expect(
      client.query("insert into compute.work (controller, key) select 'x', name from compute.instance"),
    ).resolves.toMatchObject({ rowCount: 0 });
  } finally {
    await client.end();
  }
});

function withPassword(url: string, password: string): string {
  const full = new URL(url);
  full.password = password;
  return full.href;
}
