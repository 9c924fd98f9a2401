import { EventEmitter, once } from 'node:events';
import { identityV1 } from '@thecloud/api';
import { channelOptions, fromServiceError } from '@thecloud/service-kit';
import { eventually, identityCaller, startTestIdentity, testEngines, testPeer } from '@thecloud/testkit';
import type { IdentityCaller, TestEngines, TestIdentity } from '@thecloud/testkit';

jest.setTimeout(60_000);
let engines: TestEngines;
let identity: TestIdentity;
let caller: IdentityCaller;
let client: identityV1.EventServiceClient;
let person: Awaited<ReturnType<IdentityCaller['newPerson']>>;

beforeAll(async () => {
  engines = await testEngines();
  identity = await startTestIdentity(engines);
  caller = await identityCaller(engines, identity);
  client = new identityV1.EventServiceClient(
    `127.0.0.1:${identity.served.port}`,
    (await testPeer(engines, 'gateway')).channelCredentials(),
    channelOptions('identity'),
  );
  person = await caller.newPerson();
  await letIn();
});
afterAll(async () => {
  client.close();
  caller.close();
  await identity.close();
  await engines.close();
});

const as = ({ session, projectId } = person) => caller.as(session, { projectId });
const makeKey = async (name: string, who = person) => {
  const { metadata } = await caller.keys.createApiKey(
    { name, labels: {}, role: 'viewer', expiresAt: undefined },
    await as(who),
  );
  return metadata?.id ?? '';
};

/** Waits until identity has found NATS: it serves without it, and says so to whoever wants events. */
const letIn = () =>
  eventually('NATS', () =>
    watch().then(
      ({ leave }) => {
        leave();
        return true;
      },
      (cause: { code?: string }) => {
        if (cause.code !== 'UNAVAILABLE') throw cause;
        return false;
      },
    ),
  );

/** Watches; resolves once let in, or throws the refusal. */
async function watch(request: Partial<identityV1.WatchEventsRequest> = {}, who = person) {
  const stream = client.watchEvents(
    { after: '', type: [], subject: '', ...request },
    (await as(who)).metadata!,
  );
  const events: identityV1.Event[] = [];
  const news = new EventEmitter();
  stream.on('data', (event: identityV1.Event) => {
    events.push(event);
    news.emit('event');
  });
  const refused = new Promise<never>((_, reject) =>
    stream.once('error', (error) => reject(fromServiceError(error as never))),
  );
  refused.catch(() => undefined); // the cancel at the end is one, too
  await Promise.race([once(stream, 'metadata'), refused]);
  return {
    take: async (n: number) => {
      while (events.length < n) await Promise.race([once(news, 'event'), refused]);
      return events.splice(0, n);
    },
    leave: () => stream.cancel(),
  };
}

it('shows what happens in the project as CloudEvents, and goes on after the last one seen', async () => {
  const first = await watch({ type: ['thecloud.api-key.'] });
  const id = await makeKey('one');
  const [event] = await first.take(1);
  expect(event).toMatchObject({
    id: expect.stringMatching(/^evt_/),
    source: '/thecloud/identity',
    specversion: '1.0',
    type: 'thecloud.api-key.created',
    subject: id,
    datacontenttype: 'application/json',
    projectid: person.projectId,
    data: { name: 'one' },
  });
  expect(Math.abs(event!.time!.getTime() - Date.now())).toBeLessThan(60_000);
  first.leave();

  const missed = [await makeKey('two'), await makeKey('three')];
  const again = await watch({ after: event!.id });
  expect((await again.take(2)).map((e) => e.subject)).toEqual(missed);
  again.leave();
});

it('shows only the types and the resource asked for', async () => {
  const none = await watch({ type: ['thecloud.member.'] });
  const all = await watch({ type: ['thecloud.member.', 'thecloud.api-key.'] });
  const [a, b] = [await makeKey('a'), await makeKey('b')];
  const ofOne = await watch({ subject: b });
  expect((await all.take(2)).map((e) => e.subject)).toEqual([a, b]);
  await caller.keys.deleteApiKey({ id: a }, await as());
  await caller.keys.deleteApiKey({ id: b }, await as());
  expect((await ofOne.take(1)).map((e) => [e.type, e.subject])).toEqual([['thecloud.api-key.revoked', b]]);
  const friend = await caller.newPerson();
  await caller.projects.addMember({ email: friend.email, role: 'viewer' }, await as());
  expect((await none.take(1)).map((e) => e.subject)).toEqual([friend.id]);
  for (const watcher of [none, all, ofOne]) watcher.leave();
});

it('shows nothing of another project, not even that an id of its events exists', async () => {
  const other = await caller.newPerson();
  const mine = await watch();
  const theirs = await watch({}, other);
  const id = await makeKey('mine');
  const [event] = await mine.take(1);
  const theirKey = await makeKey('theirs', other);
  expect((await theirs.take(1)).map((e) => e.subject)).toEqual([theirKey]);
  expect(event?.subject).toBe(id);
  const foreign = await watch({ after: event!.id }, other).catch((e: unknown) => e);
  const missing = await watch({ after: event!.id.replace(/.{6}$/, 'zzzzzz') }, other).catch(
    (e: unknown) => e,
  );
  expect(foreign).toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'EVENTS_EXPIRED' });
  expect(missing).toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'EVENTS_EXPIRED' });
  mine.leave();
  theirs.leave();
});

it('refuses what is no id of an event', async () => {
  await expect(watch({ after: 'evt_1' })).rejects.toMatchObject({ reason: 'INVALID_FIELDS' });
});
