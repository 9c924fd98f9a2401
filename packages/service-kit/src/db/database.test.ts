import { EventEmitter, once as happens } from 'node:events';
import { inArray, sql } from 'drizzle-orm';
import { pgSchema } from 'drizzle-orm/pg-core';
import { migrationsFolder } from '@thecloud/compute';
import { countingProxy, testDatabase } from '@thecloud/testkit';
import type { CountingProxy, TestDatabase } from '@thecloud/testkit';
import { createLogger } from '../log';
import { statement } from './connection';
import type { Tx } from './connection';
import { Database, deferUntilCommit } from './database';
import { emit } from './events';
import { batched } from './batched';
import { kitTables } from './tables';

jest.setTimeout(60_000);
const tables = kitTables(pgSchema('compute'));
const log = createLogger({ service: 'test', level: 'silent' });
let database: TestDatabase;
let wire: CountingProxy;
let db: Database;

beforeAll(async () => {
  database = await testDatabase('compute', migrationsFolder);
  const { url, password, ca } = database;
  wire = await countingProxy(Number(new URL(url).port));
  db = new Database({ url: url.replace(/:\d+\//, `:${wire.port}/`), password, ca, log, max: 1 });
});
afterAll(async () => {
  await db.close();
  wire.close();
  await database.close();
});

const put = (projectId: string) =>
  db.write({ projectId }, (tx) => {
    emit(tx, tables, 'compute', { type: 'thecloud.image.changed', subject: 'thing', projectId, data: {} });
    return Promise.resolve();
  });
const count = async (tx: Tx): Promise<number> => tx.$count(tables.outbox);
const settings = async (tx: Tx) => {
  const { rows } = await tx.execute<{ project: string; transaction: string }>(
    sql`select current_setting('thecloud.project_id') as project, pg_current_xact_id_if_assigned() as written, now()::text as transaction`,
  );
  return rows[0];
};

it('reads in one round trip, several at once in the same one', async () => {
  await db.read({ projectId: 'prj_1' }, count); // connects
  expect(await wire.count(() => db.read({ projectId: 'prj_1' }, count))).toBe(1);
  const together = () =>
    Promise.all(Array.from({ length: 20 }, () => db.read({ projectId: 'prj_1' }, count)));
  expect(await wire.count(together)).toBe(1);
});

it('writes in a round trip for what it waits for, and one for the commit', async () => {
  expect(await wire.count(() => put('prj_1'))).toBe(2);
});

it('writes at once in one, all or nothing', async () => {
  const kept = () => db.read('system', (tx) => tx.$count(tables.inbox));
  const once = (eventId: string, statement: string) =>
    db.writeAtOnce('system', (tx) =>
      Promise.all([
        tx.insert(tables.inbox).values({ consumer: 'one', eventId }),
        tx.execute(sql.raw(statement)),
      ]),
    );
  expect(await wire.count(() => once('evt_1', 'select 1'))).toBe(1);
  expect(await kept()).toBe(1);
  await expect(once('evt_2', 'select 1 / 0')).rejects.toMatchObject({ cause: { code: '22012' } });
  expect(await kept()).toBe(1);
});

describe('a transaction that asks for a second connection', () => {
  const [one, other] = [{ projectId: 'prj_1' }, 'system'] as const;
  const asks = {
    read: () => db.read(other, count),
    write: () => db.write(other, count),
    writeTogether: () => db.writeTogether(other, count),
    writeAtOnce: () => db.writeAtOnce(other, count),
  };
  const transactions = {
    read: <T>(fn: (tx: Tx) => Promise<T>) => db.read(one, fn),
    write: <T>(fn: (tx: Tx) => Promise<T>) => db.write(one, fn),
    writeTogether: <T>(fn: (tx: Tx) => Promise<T>) => db.writeTogether(one, fn),
    writeAtOnce: <T>(fn: (tx: Tx) => Promise<T>) => db.writeAtOnce(one, fn),
  };
  it.each(
    Object.entries(transactions).flatMap(([by, transact]) =>
      Object.entries(asks).map(([how, ask]) => [by, how, transact, ask] as const),
    ),
  )('by %s fails at once when it asks by %s', async (_, __, transact, ask) => {
    await expect(transact(ask)).rejects.toThrow('a transaction asked for a second connection');
    await expect(ask()).resolves.toEqual(expect.any(Number));
  });

  it('may do so once it has ended, and of another pool', async () => {
    const ended = new EventEmitter();
    let later: Promise<number> | undefined;
    await db.write(one, (tx) => {
      later = happens(ended, 'now').then(asks.read);
      return count(tx);
    });
    ended.emit('now');
    expect(await later).toBeGreaterThan(0);
    const apart = db.apart(1);
    try {
      expect(await db.write(one, () => apart.read(other, count))).toBeGreaterThan(0);
    } finally {
      await apart.close();
    }
  });
});

describe('a statement that comes too late for its transaction', () => {
  const scope = { projectId: 'prj_late' };
  const late = 'a statement came too late for its transaction: a read asks for all before it awaits';
  /** drizzle tells what failed, and keeps why. */
  const whyNot = (asked: Promise<unknown> | undefined): Promise<unknown> | undefined =>
    asked?.then(
      () => 'it was answered',
      ({ cause, message }: Error) => (cause as Error | undefined)?.message ?? message,
    );
  beforeAll(() => put('prj_late'));

  it.each<[string, (fn: (tx: Tx) => Promise<number>) => Promise<number>]>([
    ['a read', (fn) => db.read(scope, fn)],
    ['a write in one round trip', (fn) => db.writeAtOnce(scope, fn)],
  ])('fails in %s that has awaited, and finds nothing', async (_how, transact) => {
    const one = statement<{ n: number }>('late', () => sql`select 1 as n`);
    const first = { drizzle: count, statement: async (tx: Tx) => (await one(tx, {})).length };
    for (const ask of Object.values(first)) {
      const twice = transact(async (tx) => {
        expect(await ask(tx)).toBe(1);
        return ask(tx);
      });
      expect(await whyNot(twice)).toBe(late);
    }
  });

  it('fails alone: who reads in the same transaction has his answer', async () => {
    const twice = async (tx: Tx) => (await count(tx)) + (await count(tx));
    const [first, second] = [db.read(scope, twice), db.read(scope, count)];
    expect([await whyNot(first), await second]).toEqual([late, 1]);
  });

  it.each(['read', 'write', 'writeTogether', 'writeAtOnce'] as const)(
    'fails after a %s, also while the connection serves another scope',
    async (how) => {
      let kept: Tx | undefined;
      await db[how](scope, (tx) => {
        kept = tx;
        return count(tx);
      });
      expect(await whyNot(count(kept as Tx))).toBe(late);
      const ended = new EventEmitter();
      let later: Promise<number> | undefined;
      await db[how](scope, (tx) => {
        later = happens(ended, 'now').then(() => count(tx));
        return count(tx);
      });
      await db.write('system', async (tx) => {
        ended.emit('now');
        expect(await whyNot(later)).toBe(late);
        return count(tx);
      });
    },
  );
});

it('shares a transaction among reads of the same scope, and of no other', async () => {
  const [one, two, other] = await Promise.all([
    db.read({ projectId: 'prj_1' }, settings),
    db.read({ projectId: 'prj_1' }, settings),
    db.read({ projectId: 'prj_2' }, settings),
  ]);
  expect(two).toEqual(one);
  expect(one?.project).toBe('prj_1');
  expect(other?.project).toBe('prj_2');
  expect(other?.transaction).not.toBe(one?.transaction);
});

it('shows each scope its own rows, however they are mixed', async () => {
  await put('prj_mine');
  const [mine, yours, everything] = await Promise.all([
    db.read({ projectId: 'prj_mine' }, count),
    db.read({ projectId: "prj_'; reset role; --" }, count),
    db.read('system', count),
  ]);
  expect([mine, yours]).toEqual([1, 0]);
  expect(everything).toBeGreaterThan(1);
});

it('fails the read whose statement fails, and answers those beside it', async () => {
  const broken = (tx: Tx) => tx.execute(sql`select 1 / 0`);
  const [before, failed, after] = await Promise.allSettled([
    db.read({ projectId: 'prj_mine' }, count),
    db.read({ projectId: 'prj_mine' }, broken),
    db.read({ projectId: 'prj_mine' }, count),
  ]);
  expect([before, after]).toEqual([
    { status: 'fulfilled', value: 1 },
    { status: 'fulfilled', value: 1 },
  ]);
  expect((failed as PromiseRejectedResult).reason).toMatchObject({ cause: { code: '22012' } });
});

it('asks by one statement for what is read together', async () => {
  const asked: (readonly string[])[] = [];
  const find = batched(async (tx: Tx, ids: readonly string[]) => {
    asked.push(ids);
    const rows = await tx
      .select()
      .from(tables.outbox)
      .where(inArray(tables.outbox.id, [...ids]));
    return ids.map((id) => rows.find((row) => row.id === id)?.id);
  });
  const [row] = await db.read({ projectId: 'prj_mine' }, (tx) => tx.select().from(tables.outbox));
  const { id } = row!;
  const one = (wanted: string) => db.read({ projectId: 'prj_mine' }, (tx) => find(tx, wanted));
  expect(await Promise.all([one(id), one('none'), one(id)])).toEqual([id, undefined, id]);
  expect(await one(id)).toBe(id);
  expect(asked).toEqual([[id, 'none', id], [id]]);
});

it('keeps a reader from writing', async () => {
  const sneaky = (tx: Tx) => tx.delete(tables.outbox);
  await expect(db.read('system', sneaky)).rejects.toMatchObject({ cause: { code: '25006' } });
});

it('says unavailable to all who shared a connection that was lost, and then goes on', async () => {
  const suicide = (tx: Tx) => tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`);
  const results = await Promise.allSettled([
    db.read({ projectId: 'prj_mine' }, suicide),
    db.read({ projectId: 'prj_mine' }, count),
  ]);
  for (const result of results)
    expect((result as PromiseRejectedResult).reason).toMatchObject({ code: 'UNAVAILABLE' });
  expect(await db.read({ projectId: 'prj_mine' }, count)).toBe(1);
});

it('rolls a write back as a whole', async () => {
  const before = await db.read('system', count);
  const half = db.write({ projectId: 'prj_mine' }, (tx) => {
    const event = { type: 'thecloud.image.changed', subject: 's', projectId: 'prj_mine', data: {} } as const;
    emit(tx, tables, 'compute', event);
    return Promise.reject(new Error('no'));
  });
  await expect(half).rejects.toThrow('no');
  expect(await db.read('system', count)).toBe(before);
});

describe('writes together', () => {
  const noted = batched(async (tx: Tx, words: readonly string[]) => {
    asked.push(words.length);
    await tx.insert(tables.inbox).values(words.map((eventId) => ({ consumer: 'many', eventId })));
    return words.map((word) => word.toUpperCase());
  });
  const asked: number[] = [];
  const note = (word: string) => db.writeTogether({ projectId: 'prj_many' }, (tx) => noted(tx, word));
  const kept = async () =>
    (
      await database.query<{ id: string }>(
        `select event_id as id from compute.inbox where consumer = 'many' order by 1`,
      )
    ).map(({ id }) => id);

  it('shares a transaction and its statements among those who ask at the same time', async () => {
    const trips = await wire.count(async () => {
      expect(await Promise.all(['a', 'b', 'c'].map(note))).toEqual(['A', 'B', 'C']);
    });
    expect([trips, asked.splice(0)]).toEqual([2, [3]]);
    expect(await kept()).toEqual(['a', 'b', 'c']);
  });

  it('fails only whoever fails, and leaves nothing of him', async () => {
    const stumbles = (word: string) =>
      db.writeTogether({ projectId: 'prj_many' }, async (tx) => {
        await noted(tx, word);
        throw new Error(`${word} stumbled`);
      });
    const results = await Promise.allSettled([note('d'), stumbles('e'), note('a'), note('f')]);
    expect(results.map((r) => r.status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { message: 'e stumbled' } });
    expect(results[2]).toMatchObject({ reason: { cause: { code: '23505' } } });
    expect(await kept()).toEqual(['a', 'b', 'c', 'd', 'f']);
  });

  it('keeps scopes apart', async () => {
    const project = (projectId: string) => db.writeTogether({ projectId }, settings);
    const [one, other] = await Promise.all([project('prj_1'), project('prj_2')]);
    expect([one?.project, other?.project]).toEqual(['prj_1', 'prj_2']);
  });
});

describe('last words', () => {
  const speak = (statement: string) =>
    db.write('system', async (tx) => {
      emit(tx, tables, 'compute', {
        type: 'thecloud.image.changed',
        subject: 's',
        projectId: 'prj_last',
        data: {},
      });
      deferUntilCommit(tx, tx.execute(sql.raw(statement)));
    });
  const kept = () => db.read({ projectId: 'prj_last' }, count);

  it('travel with the commit', async () => {
    expect(await wire.count(() => speak('select 1'))).toBe(2);
    expect(await kept()).toBe(1);
  });

  it('undo everything if they fail', async () => {
    await expect(speak('select 1 / 0')).rejects.toMatchObject({ cause: { code: '22012' } });
    expect(await kept()).toBe(1);
    expect(await wire.count(() => speak('select 1'))).toBe(2); // and the connection is as good as before
  });
});
