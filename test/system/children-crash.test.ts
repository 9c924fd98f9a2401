import { readFileSync } from 'node:fs';
import { eventually } from '@thecloud/testkit';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';
import { newPair, startPairService } from './pair-service';
import type { PairReplica, PairService } from './pair-service';

/**
 * kill -9, and SIGSTOP, at every step of a service whose resource owns instances of compute, and of what compute does for
 * it. The steps are noted by a first run, as in crash.test.ts. After each, both services agree, and nothing is left over.
 */
jest.setTimeout(1_800_000);

/** A dead leader's lease, the start of a process and, at worst, a message that nobody has acknowledged. */
const CONVERGES_WITHIN_MS = 90_000;

/** By default where something has happened: what is only about to leaves the world as the step before it left it. */
const THOROUGH = process.env['THECLOUD_CRASH_EVERY_STEP'] === '1';
const hasHappened = (step: string) => !/^(before|work)/.test(step);

/** What compute does for an owner. What it does for any instance crashes in crash.test.ts. */
const FOR_OWNERS = /owned/i;
/** What processes do by themselves, again and again. */
const PERIODIC = /sweep|#look|#doubt|listOwned|prune|OutboxRelay|standing|leading|claim|beginTerm/i;

let cloud: Cloud;
let pairs: PairService;
let other: PairReplica;
let projectId: string;
let count = 0;
beforeAll(async () => {
  cloud = await startCloud({ driver: 'noop', processes: true, failpoints: true });
  projectId = (await cloud.importStarter()).metadata?.project_id ?? '';
  pairs = await startPairService(cloud);
  other = await pairs.replica();
});
afterAll(async () => {
  await pairs?.close();
  await cloud?.close();
});

type Pair = ReturnType<typeof newPair>;
interface Wish {
  readonly name: string;
  /** Makes what is there before. */
  readonly given: () => Promise<Pair>;
  readonly ask: (pair: Pair, replica: PairReplica) => Promise<void>;
  /** Undefined: nothing is left. */
  readonly leaves: 'running' | 'failed' | undefined;
}

const query = <R extends object>(text: string, ...values: unknown[]) => pairs.database.query<R>(text, values);
const stateOf = async ({ id }: Pair) =>
  (await query<{ state: string }>('select state from orchestration.pair where id = $1', id))[0]?.state;
const create = (pair: Pair, replica: PairReplica) => replica.ask('create', pair);
const remove = (pair: Pair, replica: PairReplica) => replica.ask('remove', projectId, pair.id);
const fresh = () => newPair(projectId, `pair-${++count}`);

/** What is wrong with a pair, in both services; empty: nothing. */
async function wrongWith(pair: Pair, leaves: Wish['leaves']): Promise<string> {
  const state = await stateOf(pair);
  if (state !== leaves) return `the pair is ${state}`;
  const open = await query(
    'select id from orchestration.operation where ended_at is null and resource_id = $1',
    pair.id,
  );
  if (open.length > 0) return 'its operation has not ended';
  const children = await query<{ id: string }>(
    'select id from orchestration.pair_child where pair_id = $1',
    pair.id,
  );
  const owned = await cloud.database.query<{ id: string; state: string }>(
    'select id, state from compute.instance where owner_id = $1',
    [pair.id],
  );
  if (leaves === undefined && owned.length > 0) return `${owned.length} instances are left`;
  if (
    leaves === 'running' &&
    owned
      .map(({ id }) => id)
      .sort()
      .join() !==
      children
        .map(({ id }) => id)
        .sort()
        .join()
  )
    return 'its instances are not those that were chosen';
  const notRunning = owned.filter((instance) => instance.state !== 'running');
  return leaves === 'running' && notRunning.length > 0 ? 'an instance does not run' : '';
}

async function converges(pair: Pair, leaves: Wish['leaves']): Promise<void> {
  let wrong = 'not looked at';
  await eventually(
    `pair ${pair.name} is as wished`,
    async () => (wrong = await wrongWith(pair, leaves)) === '',
    CONVERGES_WITHIN_MS,
  ).catch((cause: Error) => {
    throw new Error(`${cause.message}: ${wrong}`);
  });
}

/** Asks until it is answered: whoever is asked may die of it. */
const insist = (ask: () => Promise<void>) =>
  eventually(
    'the wish is taken',
    () =>
      ask().then(
        () => true,
        () => false,
      ),
    CONVERGES_WITHIN_MS,
  );

async function made(): Promise<Pair> {
  const pair = fresh();
  await insist(() => create(pair, pairs.first));
  await converges(pair, 'running');
  return pair;
}

const WISHES: readonly Wish[] = [
  { name: 'create', given: () => Promise.resolve(fresh()), ask: create, leaves: 'running' },
  { name: 'delete', given: made, ask: remove, leaves: undefined },
  {
    name: 'create that fails',
    given: () => Promise.resolve({ ...fresh(), image: 'no-such-image' }),
    ask: create,
    leaves: 'failed',
  },
];

interface Step {
  readonly process: 'pair' | 'compute';
  readonly step: string;
}
const failpointsOf = ({ process }: Pick<Step, 'process'>) =>
  process === 'pair' ? pairs.first.failpoints : cloud.compute.failpoints;
const nameOf = ({ process, step }: Step) => `${process}, ${step}`;

/** The steps that are passed while a wish comes true, each once. */
async function record(wish: Wish, all = THOROUGH): Promise<Step[]> {
  const pair = await wish.given();
  for (const process of ['pair', 'compute'] as const) failpointsOf({ process }).forget();
  await insist(() => wish.ask(pair, pairs.first));
  await converges(pair, wish.leaves);
  const steps = (['pair', 'compute'] as const).flatMap((process) =>
    [...new Set(failpointsOf({ process }).passed())].map((step) => ({ process, step })),
  );
  await end(pair);
  return steps.filter(
    (one) =>
      (all || hasHappened(one.step)) &&
      !PERIODIC.test(one.step) &&
      (one.process === 'pair' || FOR_OWNERS.test(one.step)),
  );
}

async function end(pair: Pair): Promise<void> {
  await insist(() => remove(pair, pairs.first));
  await converges(pair, undefined);
}

describe.each(WISHES)('$name', (wish) => {
  it('comes true, though a process is killed at any step', async () => {
    const steps = await record(wish);
    expect(steps.length).toBeGreaterThan(2);
    for (const step of steps) {
      const pair = await wish.given();
      failpointsOf(step).crashAt(step.step);
      const part = step.process === 'pair' ? pairs.first : cloud.compute;
      const revived = part.died().then(async () => {
        await part.start();
        if (step.process === 'compute') await cloud.compute.serving();
      });
      try {
        await Promise.all([insist(() => wish.ask(pair, pairs.first)), revived]);
        await converges(pair, wish.leaves);
        await end(pair);
      } catch (cause) {
        throw new Error(`${nameOf(step)}: ${(cause as Error).message}`, { cause });
      } finally {
        failpointsOf(step).disarm();
      }
    }
  });
});

/** The newest term of a replica as leader of the pairs' controller, as its log says; 0: none. */
const epochOf = ({ logFile }: PairReplica) =>
  Number(
    readFileSync(logFile, 'utf8')
      .match(/"controller":"pair","epoch":"(\d+)","msg":"leading"/g)
      ?.at(-1)
      ?.match(/\d+/)?.[0] ?? 0,
  );
const standsStill = ({ pid }: PairReplica) => / T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

it('comes true, though the leader stands still at any step of its own, another leads, and then it goes on', async () => {
  await other.start();
  const wish = WISHES[0] as Wish;
  const ofController = ({ process, step }: Step) =>
    process === 'pair' && /PairController|OwnedInstance/.test(step);
  const steps = (await record(wish, true)).filter(ofController);
  expect(steps.length).toBeGreaterThan(2);
  for (const step of steps) {
    const pair = await wish.given();
    const leader = epochOf(pairs.first) > epochOf(other) ? pairs.first : other;
    const follower = leader === other ? pairs.first : other;
    leader.failpoints.stopAt(step.step);
    await insist(() => wish.ask(pair, follower));
    await eventually(`${nameOf(step)}: it stands still`, () => standsStill(leader));
    await converges(pair, wish.leaves); // by the other
    leader.signal('SIGCONT');
    await end(pair); // what the first one still does changes nothing
  }
});

it('a child that is made late, after its owner is gone, is removed', async () => {
  const pair = await made();
  const [child] = await query<{ id: string }>(
    'select id from orchestration.pair_child where pair_id = $1',
    pair.id,
  );
  // As if a call that was under way when the pair was purged arrived now.
  await query('delete from orchestration.pair_child where pair_id = $1', pair.id);
  await query('delete from orchestration.pair where id = $1', pair.id);
  expect(child).toBeDefined();
  const left = () => cloud.database.query('select id from compute.instance where owner_id = $1', [pair.id]);
  await eventually('the sweep removes its instances', async () => (await left()).length === 0);
});

it('each event has had its effect once', async () => {
  const twice = await query(
    'select event_id from orchestration.pair_wake group by event_id having count(*) > 1',
  );
  expect(twice).toEqual([]);
  const aside = await query('select event_id from orchestration.failed_event where set_aside_at is not null');
  expect(aside).toEqual([]);
  expect(readFileSync(pairs.first.logFile, 'utf8')).not.toContain('is set aside');
});
