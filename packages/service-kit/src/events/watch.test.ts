import { pgSchema } from 'drizzle-orm/pg-core';
import { migrationsFolder } from '@thecloud/compute';
import { testDatabase, testEngines, testPeer } from '@thecloud/testkit';
import type { TestDatabase, TestEngines } from '@thecloud/testkit';
import { Database } from '../db/database';
import { kitTables } from '../db/tables';
import { createLogger } from '../log';
import { Changes } from './changes';
import { EventBus } from './nats';
import { watch, watchOne } from './watch';
import type { Sighting, Watched } from './watch';

jest.setTimeout(60_000);
const tables = kitTables(pgSchema('compute'));
const log = createLogger({ service: 'test', level: 'silent' });
let engines: TestEngines;
let database: TestDatabase;
let db: Database;
/** Two replicas of one service. */
let buses: EventBus[];
let here: Changes;
let there: Changes;

interface Thing {
  readonly id: string;
  readonly colour: string;
  readonly version: number;
}
const things = new Map<string, Thing>();
let looks = 0;

beforeAll(async () => {
  engines = await testEngines();
  database = await testDatabase('compute', migrationsFolder);
  const { url, password, ca } = database;
  db = new Database({ url, password, ca, log });
  const files = await testPeer(engines, 'compute');
  buses = [new EventBus(engines.natsUrl, files, log), new EventBus(engines.natsUrl, files, log)];
  [here, there] = buses.map((bus) => new Changes('compute', tables, bus)) as [Changes, Changes];
  await Promise.all(buses.map(connected));
});
afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.close()));
  await db.close();
  await database.close();
  await engines.close();
});
beforeEach(() => {
  things.clear();
  looks = 0;
});

const connected = (bus: EventBus) =>
  new Promise<void>((resolve) => {
    if (bus.connected()) resolve();
    bus.onConnection((is) => is && resolve());
  });

const watched = (colour = ''): Watched<Thing> => ({
  kind: 'image',
  projectId: 'prj_a',
  list: ({ size, after }) => {
    looks++;
    const all = [...things.values()].filter((t) => !colour || t.colour === colour).sort(newestFirst);
    return Promise.resolve(all.filter((t) => !after || t.id < after).slice(0, size + 1));
  },
  find: (ids) => {
    looks++;
    return Promise.resolve(ids.flatMap((id) => things.get(id) ?? []));
  },
  matches: (t) => !colour || t.colour === colour,
  version: (t) => t.version,
});
const newestFirst = (a: Thing, b: Thing) => (a.id < b.id ? 1 : -1);

/** As a service changes a row and says so. */
async function change(id: string, colour: string | undefined, by = here, projectId = 'prj_a'): Promise<void> {
  await db.write('system', (tx) => {
    const version = (things.get(id)?.version ?? 0) + 1;
    if (colour === undefined) things.delete(id);
    else things.set(id, { id, colour, version });
    by.record(tx, { type: 'thecloud.image.changed', id, projectId, data: {} });
    return Promise.resolve();
  });
}

function watcher(
  start: (ctx: { signal: AbortSignal; accept: () => void }) => AsyncGenerator<Sighting<Thing>>,
) {
  const aborter = new AbortController();
  let letIn = () => {};
  const accepted = new Promise<void>((resolve) => (letIn = resolve));
  const stream = start({ signal: aborter.signal, accept: letIn });
  return {
    accepted,
    next: async () => {
      const { value, done } = await stream.next();
      return done ? 'the end' : `${value.row.id} ${value.gone ? 'gone' : value.row.colour}`;
    },
    leave: async () => {
      aborter.abort();
      await stream.return(undefined);
    },
  };
}

it('shows what is there, then what changes, here and in another replica, and what is gone', async () => {
  await change('1', 'red');
  await change('2', 'blue');
  const w = watcher((ctx) => watch(here, ctx, watched()));
  expect([await w.next(), await w.next()]).toEqual(['2 blue', '1 red']);
  await change('1', 'green');
  expect(await w.next()).toBe('1 green');
  await change('3', 'white', there);
  expect(await w.next()).toBe('3 white');
  await change('2', undefined, there);
  expect(await w.next()).toBe('2 gone');
  await w.leave();
});

it('shows one that no longer matches once more, and then no more', async () => {
  await change('1', 'red');
  const w = watcher((ctx) => watch(here, ctx, watched('red')));
  expect(await w.next()).toBe('1 red');
  await change('2', 'blue');
  await change('1', 'blue');
  expect(await w.next()).toBe('1 blue');
  await change('1', 'green');
  await change('2', 'red');
  expect(await w.next()).toBe('2 red');
  await w.leave();
});

it('asks nothing of the database for changes of other projects, kinds or ids', async () => {
  await change('1', 'red');
  const w = watcher((ctx) => watchOne(here, ctx, watched(), '1', () => new Error('missing')));
  expect(await w.next()).toBe('1 red');
  const before = looks;
  for (let i = 0; i < 10; i++) {
    await change('other', 'blue');
    await change('1', 'red', here, 'prj_b');
  }
  await change('1', 'green');
  expect(await w.next()).toBe('1 green');
  expect(looks).toBe(before + 1);
  await w.leave();
});

it('of one resource it ends when that is gone, and throws when it was never there', async () => {
  await change('1', 'red');
  const w = watcher((ctx) => watchOne(here, ctx, watched(), '1', () => new Error('missing')));
  expect(await w.next()).toBe('1 red');
  await change('1', undefined);
  expect([await w.next(), await w.next()]).toEqual(['1 gone', 'the end']);
  const none = watcher((ctx) => watchOne(here, ctx, watched(), '1', () => new Error('missing')));
  await expect(none.next()).rejects.toThrow('missing');
});

it('lets its caller know at once that it watches, though there is nothing to show', async () => {
  const w = watcher((ctx) => watch(here, ctx, watched()));
  const first = w.next();
  await w.accepted;
  await change('1', 'red');
  expect(await first).toBe('1 red');
  await w.leave();
});

it('shows all of several pages', async () => {
  for (let i = 0; i < 1_203; i++) {
    const id = String(i).padStart(5, '0');
    things.set(id, { id, colour: 'red', version: 1 });
  }
  const w = watcher((ctx) => watch(here, ctx, watched()));
  const seen = new Set<string>();
  while (seen.size < 1_203) seen.add(await w.next());
  expect(looks).toBe(13);
  await w.leave();
});

it('finds what it was not told of once NATS is back', async () => {
  await change('1', 'red');
  const w = watcher((ctx) => watch(here, ctx, watched()));
  expect(await w.next()).toBe('1 red');
  await engines.nats.stop();
  await change('1', 'green', there); // the hint is lost
  await engines.nats.start();
  expect(await w.next()).toBe('1 green');
  await w.leave();
});
