import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Docker from 'dockerode';
import { until } from '@thecloud/engines';
import { page, TestInstallation } from './fixtures/installation';
import { builtRelease, lastRelease } from './fixtures/release';
import { root } from './layout';

jest.setTimeout(1_000_000);

/** What `make up` brings from one release to this code. */
const made = new TestInstallation('upgrade');

interface Thing {
  readonly metadata: { readonly id: string; readonly name: string };
  readonly status?: { readonly state: string };
}
type Things = Record<string, Thing[]>;
const call = (method: string, path: string, body?: object) =>
  made.call<Thing & Things>(method, path, {
    headers: { authorization: `Bearer ${made.apiKey()}` },
    ...(body ? { body } : {}),
  });

const LISTS = ['instances', 'images', 'hosts', 'ssh-keys', 'api-keys', 'projects'];
/** Everything that there is, by kind: id, name and state. */
async function everything() {
  const lists = LISTS.map(async (kind) => {
    const { status, body } = await call('GET', `/v1/${kind}`);
    expect({ kind, status }).toEqual({ kind, status: 200 });
    const things = body[kind.replace('-', '_')] ?? [];
    return [kind, things.map((t) => [t.metadata.id, t.metadata.name, t.status?.state]).sort()];
  });
  return Object.fromEntries(await Promise.all(lists)) as Record<string, unknown[]>;
}

async function containers() {
  const docker = new Docker({ socketPath: made.dockerSocket });
  const all = await docker.listContainers({ all: true });
  const seen = await Promise.all(all.map(({ Id }) => docker.getContainer(Id).inspect()));
  return seen
    .map(({ Id, Name, State: { Pid, StartedAt, Running } }) => ({ Id, Name, Pid, StartedAt, Running }))
    .sort((a, b) => (a.Name < b.Name ? -1 : 1));
}

/** Of the instances, by name. */
const ids = new Map<string, string>();
async function launch(name: string) {
  const made = await call('POST', '/v1/instances', { name, spec: { type: 'nano-1', image: 'starter' } });
  expect(made.status).toBe(202);
  ids.set(name, made.body.metadata.id);
}
const one = (name: string) => `/v1/instances/${ids.get(name)}`;
const is = (name: string, state: string) =>
  until(async () => (await call('GET', one(name))).body.status?.state === state, 60_000, 200);

/** Lines that say that something failed which nobody had foreseen, since a moment. */
async function errorsSince(ms: number): Promise<string[]> {
  const dir = join(made.home, 'cloud/log');
  const found: string[] = [];
  for (const file of readdirSync(dir))
    for await (const line of createInterface({ input: createReadStream(join(dir, file)) })) {
      const { level = 0, time = '' } = parsed(line);
      if (level >= 50 && new Date(time).getTime() >= ms) found.push(`${file}: ${line}`);
    }
  return found;
}

function parsed(line: string): { level?: number; time?: number | string } {
  try {
    return JSON.parse(line) as { level?: number; time?: number | string };
  } catch {
    return {}; // an engine's own words
  }
}

let hello: string;
beforeAll(async () => {
  made.code = await builtRelease(lastRelease());
  await made.choosePorts();
  hello = await made.up();
  for (const name of ['runs', 'rests']) await launch(name);
  for (const name of ['runs', 'rests']) expect(await is(name, 'running')).toBe(true);
  expect((await call('POST', `${one('rests')}:stop`, {})).status).toBe(202);
  expect(await is('rests', 'stopped')).toBe(true);
});
afterAll(() => made.remove());

test('make up on an installation of the last release keeps its rows, and its containers run on untouched', async () => {
  const before = { things: await everything(), containers: await containers() };
  expect(before.things['instances']).toHaveLength(3);
  expect(before.containers).toHaveLength(3);
  made.code = root;
  const begun = Date.now();
  expect(await made.up()).toBe(hello);
  expect(await everything()).toEqual(before.things);
  expect(await containers()).toEqual(before.containers);
  expect(await page(hello)).toContain('Your cloud works');
  expect(await errorsSince(begun)).toEqual([]);
});

test('what was there before can be stopped, started and deleted, and new things are made', async () => {
  expect((await call('POST', `${one('rests')}:start`, {})).status).toBe(202);
  expect(await is('rests', 'running')).toBe(true);
  expect((await call('POST', `${one('runs')}:stop`, {})).status).toBe(202);
  expect(await is('runs', 'stopped')).toBe(true);
  expect((await call('DELETE', one('runs'))).status).toBe(202);
  await launch('new');
  expect(await is('new', 'running')).toBe(true);
  const gone = async () => (await containers()).every(({ Name }) => !Name.includes(ids.get('runs') ?? ''));
  expect(await until(async () => (await containers()).length === 3 && (await gone()), 60_000, 200)).toBe(
    true,
  );
});

test('a second make up changes nothing', async () => {
  const before = made.pids();
  expect(await made.up()).toBe(hello);
  expect(made.pids()).toEqual(before);
});
