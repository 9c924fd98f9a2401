import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '@thecloud/kernel';
import { testEngines, testPeer } from '@thecloud/testkit';
import type { TestEngines } from '@thecloud/testkit';
import { createLogger } from '../log';
import { EventLog } from './event-log';
import { followEvents } from './follow-events';
import { EventBus } from './nats';
import type { PublishedEvent } from './published-event';
import { subjectOf } from './subject';

const eventOf = (id: string) => ({ id, type: 'thecloud.thing.changed', subject: 'thing' });
jest.setTimeout(60_000);
const log = createLogger({ service: 'test', level: 'silent' });
let engines: TestEngines;
let bus: EventBus;
let events: EventLog;

beforeAll(async () => {
  engines = await testEngines();
  bus = new EventBus(engines.natsUrl, await testPeer(engines, 'identity'), log, {
    hours: 1,
    mib: 64,
    dedupSeconds: 1,
  });
  events = new EventLog(bus, log);
  await connected(true);
});
afterAll(async () => {
  events.close();
  await bus.close();
  await engines.close();
});

const connected = (wanted: boolean) =>
  new Promise<void>((resolve) => {
    if (bus.connected() === wanted) resolve();
    else bus.onConnection((is) => is === wanted && resolve());
  });

/** Publishes an event in a project, under an id of its own unless given. */
async function say(owner: string, id: string = newId('event')): Promise<string> {
  await sayTogether(owner, [id]);
  return id;
}

async function sayTogether(owner: string, ids: readonly string[]): Promise<void> {
  await bus.publish(subjectOf(owner), ids[0] ?? '', JSON.stringify(ids.map(eventOf)));
}

/** Somebody who follows, one event at a time. Resolves once he is let in. */
async function reader(o: { after?: string; projectId?: string; platform?: boolean } = {}) {
  const aborter = new AbortController();
  let letIn = () => {};
  const accepted = new Promise<void>((resolve) => (letIn = resolve));
  const stream = followEvents(events, {
    projectId: 'prj_a',
    platform: false,
    after: '',
    ...o,
    accepted: letIn,
    signal: aborter.signal,
    refusals: { expired: () => new Error('expired'), tooSlow: () => new Error('too slow') },
  });
  let first: Promise<IteratorResult<PublishedEvent>> | undefined = stream.next();
  await Promise.race([accepted, first]);
  const next = async () => {
    const { value, done } = await (first ?? stream.next());
    first = undefined;
    if (done) throw new Error('it has ended');
    return value.id;
  };
  const take = async (n: number) => {
    const ids: string[] = [];
    while (ids.length < n) ids.push(await next());
    return ids;
  };
  return {
    next,
    take,
    leave: async () => {
      aborter.abort();
      await stream.return(undefined);
    },
  };
}

it('hands out what comes, of the own project only, and of the platform only to its administrators', async () => {
  const [mine, admins] = [await reader(), await reader({ platform: true })];
  const ids = [await say('prj_a'), await say('prj_b'), await say('platform'), await say('prj_a')];
  expect(await mine.take(2)).toEqual([ids[0], ids[3]]);
  expect(await admins.take(3)).toEqual([ids[0], ids[2], ids[3]]);
  await mine.leave();
  await admins.leave();
});

it('goes on after the last one seen, and then with what comes', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 6; i++) {
    await say('prj_b');
    ids.push(await say('prj_a'));
  }
  const again = await reader({ after: ids[2] });
  expect(await again.take(3)).toEqual(ids.slice(3));
  const later = await say('prj_a');
  expect(await again.take(1)).toEqual([later]);
  await again.leave();
});

it('goes on amid events that were published together', async () => {
  const live = await reader();
  const ids = Array.from({ length: 6 }, () => newId('event'));
  await sayTogether('prj_a', ids.slice(0, 4));
  await sayTogether('prj_a', ids.slice(4));
  expect(await live.take(6)).toEqual(ids);
  const again = await reader({ after: ids[1] });
  expect(await again.take(4)).toEqual(ids.slice(2));
  await live.leave();
  await again.leave();
});

it('reads those that were published each by itself, as they once were, and passes over what is none', async () => {
  const live = await reader();
  const ids = [newId('event'), newId('event')];
  await bus.publish(subjectOf('prj_a'), 'noise', 'no event at all');
  for (const id of ids)
    await bus.publish('events.prj_a.thecloud.thing.changed', id, JSON.stringify(eventOf(id)));
  expect(await live.take(2)).toEqual(ids);
  const again = await reader({ after: ids[0] });
  expect(await again.take(1)).toEqual(ids.slice(1));
  await live.leave();
  await again.leave();
});

it('loses and repeats nothing while events come all the time and the reader comes back again and again', async () => {
  const said: string[] = [];
  let talking = true;
  const first = await reader();
  const talk = (async () => {
    while (talking) said.push(await say('prj_a'));
  })();
  const heard = await first.take(20);
  await first.leave();
  for (let i = 0; i < 10; i++) {
    const again = await reader({ after: heard.at(-1) });
    heard.push(...(await again.take(30)));
    await again.leave();
  }
  talking = false;
  await talk;
  expect(heard).toEqual(said.slice(0, heard.length));
});

it('takes an event that was published twice for one', async () => {
  const live = await reader();
  const twice = await say('prj_a');
  const between = [await say('prj_a')];
  const published = async () => (await bus.stream().manager.streams.info('EVENTS')).state.messages;
  const before = await published();
  // Until the stream has forgotten the id.
  while ((await published()) === before) {
    await say('prj_a', twice);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  between.push(await say('prj_a'));
  expect(await live.take(3)).toEqual([twice, ...between]);
  const again = await reader({ after: twice });
  expect(await again.take(2)).toEqual(between);
  await live.leave();
  await again.leave();
});

it('refuses an id that is not in the stream, or is of another project, in the same way', async () => {
  const nobodys = [
    'evt_0kknnaampp0mknnvjkjpnppnak',
    'evt_7zzzzzzzzzzzzzzzzzzzzzzzzz',
    `evt_${'0'.repeat(26)}`,
  ];
  for (const after of [...nobodys, newId('event'), await say('prj_b'), await say('platform')])
    await expect(reader({ after })).rejects.toThrow('expired');
});

it('refuses an id that is no longer kept', async () => {
  const [old] = [await say('prj_a'), await say('prj_a')];
  await bus.stream().manager.streams.purge('EVENTS');
  await expect(reader({ after: old })).rejects.toThrow('expired');
});

it('cuts off a reader who does not read, and he loses nothing by it', async () => {
  const slow = await reader();
  const ids: string[] = [];
  ids.push(await say('prj_a'));
  const [last] = await slow.take(1);
  for (let i = 0; i < 25; i++)
    ids.push(...(await Promise.all(Array.from({ length: 50 }, () => say('prj_a')))));
  const witness = await reader({ after: ids.at(-2) });
  await witness.take(1); // by now all have come
  await expect(slow.next()).rejects.toThrow('too slow');
  const again = await reader({ after: last });
  expect(new Set(await again.take(1_250))).toEqual(new Set(ids.slice(1)));
  await witness.leave();
  await again.leave();
});

it('goes on by itself when NATS was killed and is back', async () => {
  const live = await reader();
  const before = await say('prj_a');
  process.kill(engines.nats.pid()!, 'SIGKILL');
  await connected(false);
  while (engines.nats.pid() !== undefined) await new Promise((resolve) => setTimeout(resolve, 20));
  await expect(reader()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await engines.nats.start();
  await connected(true);
  const after = [await say('prj_a'), await say('prj_a')];
  expect(await live.take(3)).toEqual([before, ...after]);
  await live.leave();
});

it('says so when NATS has lost the stream', async () => {
  const live = await reader();
  await engines.nats.stop();
  await connected(false);
  rmSync(join(engines.dir, 'nats/data'), { recursive: true });
  await engines.nats.start();
  await connected(true);
  await expect(live.next()).rejects.toThrow('expired');
});
