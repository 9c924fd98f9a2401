import { fromJson, toBinary } from '@bufbuild/protobuf';
import type { JsonValue } from '@bufbuild/protobuf';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import pg from 'pg';
import { WebSocket } from 'ws';
import { methods, registry } from '@thecloud/api';
import type { MethodEntry } from '@thecloud/api';
import { newId } from '@thecloud/kernel';
import type { Body } from '../api';
import type { Cloud } from '../cloud';
import { furnish } from '../things';
import type { Things } from '../things';
import { sharedCloud } from './shared-cloud';
let cloud: Cloud;
/** Of the first project, by the collection their routes stand under. */
let theirs: Things;
let grpc: Client;

beforeAll(async () => {
  cloud = await sharedCloud();
  theirs = await furnish(cloud);
  grpc = new Client(cloud.grpcAddress, credentials.createInsecure());
});
afterAll(() => grpc.close());

/** Bodies that are well formed, for the methods that need one. */
const bodies: Record<string, Record<string, JsonValue>> = {
  UpdateInstance: { name: 'stolen' },
  RenameSshKey: { name: 'stolen' },
  UpdateProject: { name: 'stolen' },
  UpdateMember: { role: 'viewer' },
  RunInstanceCommand: { command: ['id'] },
};

/** Queries, for the routes that need one. */
const queries: Record<string, string> = {
  GetInstanceFile: '?path=/',
  ReadInstanceFiles: '?path=/',
  WriteInstanceFiles: '?path=/',
};

/** What HTTP needs not be told: there it follows from the body, or comes later. */
const grpcOnly: Record<string, Record<string, JsonValue>> = {
  UpdateInstance: { update_mask: ['name'] },
  UpdateProject: { update_mask: ['name'] },
  ExecInstance: { start: { command: ['id'] } },
  GetInstanceFile: { path: '/' },
  ReadInstanceFiles: { path: '/' },
  WriteInstanceFiles: { path: '/' },
};

const asIs = (bytes: Buffer) => bytes;

/** How the stranger's call of any kind is refused. */
function refusedCall(method: MethodEntry, request: JsonValue): Promise<{ code: number; details: string }> {
  const input = registry().getMessage(method.input);
  if (!input) throw new Error(`${method.input} is not in the registry`);
  const bytes = Buffer.from(toBinary(input, fromJson(input, request)));
  const metadata = new Metadata();
  metadata.set('x-api-key', cloud.stranger.key);
  const deadline = { deadline: Date.now() + 20_000 };
  return new Promise((resolve, reject) => {
    const refused = ({ code, details }: ServiceError) => resolve({ code, details });
    const letIn = () => reject(new Error(`${method.rpc} let a stranger in`));
    if (method.requestStream) {
      const call = grpc.makeBidiStreamRequest(method.path, asIs, asIs, metadata, deadline);
      call.on('data', letIn).on('error', refused);
      call.write(bytes);
    } else if (method.responseStream)
      grpc
        .makeServerStreamRequest(method.path, asIs, asIs, bytes, metadata, deadline)
        .on('data', letIn)
        .on('error', refused);
    else
      grpc.makeUnaryRequest(method.path, asIs, asIs, bytes, metadata, deadline, (error) =>
        error ? refused(error) : letIn(),
      );
  });
}

async function listed(path: string): Promise<{ status: number; said: string }> {
  const { status, body } = await cloud.stranger.call('GET', path);
  return { status, said: JSON.stringify(body) };
}

/** What a stream says in its first moments: its present state, were there any. */
async function opening(path: string): Promise<{ status: number; said: string }> {
  const stop = new AbortController();
  const headers = { authorization: `Bearer ${cloud.stranger.key}` };
  const answer = await fetch(cloud.url + path, { headers, signal: stop.signal });
  const timer = setTimeout(() => stop.abort(), 300);
  let said = '';
  try {
    for await (const part of answer.body ?? []) said += Buffer.from(part as Uint8Array).toString();
  } catch {
    // it would go on
  }
  clearTimeout(timer);
  return { status: answer.status, said };
}

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

/** The answer to a file as the body. */
async function refusedUpload(path: string) {
  const answer = await fetch(cloud.url + path, {
    method: 'POST',
    headers: { 'x-api-key': cloud.stranger.key, 'content-type': 'application/x-tar' },
    body: 'an archive',
  });
  return { ...((await answer.json()) as Body), status: answer.status, request_id: '' };
}

/** Every public method that is told an id, but those for administrators; GetInstanceType's ids are everybody's. */
const byId = methods.filter(
  (m) =>
    m.http && /\{[^}]+\}/.test(m.http.path) && m.auth.scope !== 'platform' && m.rpc !== 'GetInstanceType',
);
const named = (list: readonly MethodEntry[]) => list.map((m) => [m.rpc, m] as const);

/** The answer for a foreign id, and that for a missing one, each without what must differ. */
async function bothAnswers<T>(method: MethodEntry, ask: (id: string) => Promise<T>) {
  const [, , collection = ''] = method.http?.path.split('/') ?? [];
  const target = theirs[collection];
  if (!target) throw new Error(`give this test something of the first project under /v1/${collection}`);
  const said = async (id: string) => JSON.stringify(await ask(id)).replaceAll(id, '<id>');
  return { foreign: await said(target.id), missing: await said(newId(target.kind)) };
}

it.each(named(byId))(
  "%s over HTTP answers for another project's id exactly as for a missing one",
  async (rpc, method) => {
    const { verb = '', path = '' } = method.http ?? {};
    const body = verb === 'GET' || verb === 'DELETE' ? undefined : (bodies[rpc] ?? {});
    const answers = await bothAnswers(method, async (id) => {
      const to = path.replace(/\{[^}]+\}/, id) + (queries[rpc] ?? '');
      if (method.requestStream && !method.responseStream) return refusedUpload(to);
      const { status, body: said } = method.requestStream
        ? await refusedSocket(to, cloud.stranger.key)
        : await cloud.stranger.call(verb, to, body);
      return { status, ...said, request_id: '' };
    });
    expect(answers.foreign).toContain('"status":404');
    expect(answers.foreign).toBe(answers.missing);
  },
);

it.each(named(byId.filter((m) => m.responseStream)))(
  '%s opens no WebSocket for it either',
  async (rpc, method) => {
    const answers = await bothAnswers(method, async (id) => {
      const to = (method.http?.path ?? '').replace(/\{[^}]+\}/, id) + (queries[rpc] ?? '');
      const { status, body } = await refusedSocket(to, cloud.stranger.key);
      return { status, ...body, request_id: '' };
    });
    expect(answers.foreign).toContain('"status":404');
    expect(answers.foreign).toBe(answers.missing);
  },
);

it.each(named(byId))('%s over gRPC answers alike', async (rpc, method) => {
  const [, field = ''] = /\{([^}]+)\}/.exec(method.http?.path ?? '') ?? [];
  const answers = await bothAnswers(method, (id) =>
    refusedCall(method, { ...bodies[rpc], ...grpcOnly[rpc], [field]: id }),
  );
  expect(answers.foreign).toContain(`"code":${status.NOT_FOUND}`);
  expect(answers.foreign).toBe(answers.missing);
});

/** Every way to ask for a list, or to watch one: as it is, and by each of its filters. */
const lists = methods
  .filter((m) => /^(List|Watch).*s$/.test(m.rpc) && m.http && m.auth.scope === 'project' && !byId.includes(m))
  .flatMap((m) => {
    const filters =
      registry()
        .getMessage(m.input)
        ?.fields.map((f) => f.name) ?? [];
    return [[m.rpc, '', m] as const, ...filters.map((filter) => [m.rpc, filter, m] as const)];
  })
  .filter(([, filter]) => filter !== 'page_size');

it.each(lists)('%s (%s) shows nothing of another project', async (_rpc, filter, { http, responseStream }) => {
  const values = filter ? [...Object.values(theirs).map(({ id }) => id), 'private', 'app=private'] : [''];
  for (const value of values) {
    const path = filter ? `${http?.path}?${filter}=${encodeURIComponent(value)}` : (http?.path ?? '');
    const { status, said } = await (responseStream ? opening(path) : listed(path));
    expect(status).toBeLessThan(filter ? 500 : 201);
    const text = said.replaceAll(value || ' ', '');
    for (const { id } of Object.values(theirs)) expect(text).not.toContain(id);
  }
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

it('cannot copy an image of another project: the answer is that of a missing one', async () => {
  const copy = async (id: string, project?: string) => {
    const { status, body } = await cloud.stranger.call('POST', '/v1/images:copy', {
      ...{ name: 'thief', image_id: id },
      ...(project ? { project_id: project } : {}),
    });
    return JSON.stringify({ status, ...body, request_id: '' }).replaceAll(id, '<id>');
  };
  const [foreign = '', missing] = [theirs['images']?.id, newId('image')];
  expect(await copy(foreign)).toContain('"status":404');
  expect(await copy(foreign)).toBe(await copy(missing));
  const project = theirs['projects']?.id;
  expect(await copy(foreign, project)).toContain('IMAGE_COPY_NEEDS_SESSION');
  expect(await copy(foreign, project)).toBe(await copy(missing, project));
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

it.each(named(methods.filter((m) => m.auth.scope === 'platform' && m.http)))(
  '%s over gRPC is, too',
  async (rpc, method) => {
    const [, field] = /\{([^}]+)\}/.exec(method.http?.path ?? '') ?? [];
    const id: Record<string, JsonValue> = field ? { [field]: cloud.hostId } : {};
    const required: Record<string, JsonValue> =
      rpc === 'CreateUser' ? { email: 'mine@example.com' } : rpc === 'CreateHost' ? { name: 'mine' } : {};
    const { code } = await refusedCall(method, { ...id, ...required });
    expect(code).toBe(status.PERMISSION_DENIED);
  },
);

it('leaks nothing when a query forgets its project: row-level security stands behind it', async () => {
  const client = new pg.Client({
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
      if (!['outbox', 'closed_project'].includes(name)) expect(owned[0]?.n).toBeGreaterThan(0);
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
