import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { idOf } from './api';
import { startCloud } from './cloud';
import type { Cloud } from './cloud';
import { CONVERGED_WITHIN_MS, convergesWithin, expectConverged } from './converged';
import { Docker } from './docker';
import { announcedInCode } from './failpoints';
import { create, given, OPERATIONS, remove, wanted, wish } from './operations';
import type { Operation } from './operations';
import { HELD_PORT, leaveHeldPort, listenFrom } from './ports';

/**
 * kill -9 at every step. Nobody lists the steps: the choke points of the code announce themselves (`passing`), a first
 * run of each operation notes which of them it passes in which process, and then the operation is run once for each
 * of them, with the process told to die right there. How to repeat one: docs/testing.md.
 */
jest.setTimeout(900_000);

/** Worked on side by side: what a round waits for is mostly the lease of a leader that died. */
const CLOUDS = 2;
const clouds: Cloud[] = [];
const docker = (cloud: Cloud) => new Docker(cloud.dockerSocket);
beforeAll(async () => {
  for (let i = 0; i < CLOUDS; i += 1) {
    const cloud = await startCloud({ driver: 'docker', processes: true, failpoints: true });
    clouds.push(cloud);
    await cloud.importStarter();
  }
});
afterAll(() => Promise.all(clouds.map((cloud) => cloud.close())));

/** The port that is held: by us, or by who has it already. */
let holder: { close(): void };
beforeAll(async () => (holder = await listenFrom(HELD_PORT, -1)));
afterAll(() => holder.close());

/** Its host tries a few times before it gives a port up, with pauses between; in ms. */
const GIVES_UP_WITHIN_MS = 30_000;

const PARTS = ['compute', 'agent'] as const;
/** Who comes back, and what else the crash has left. */
const RETURNS: Array<{ name: string; process: (typeof PARTS)[number]; left?: (cloud: Cloud) => void }> = [
  ...PARTS.map((process) => ({ name: process, process })),
  {
    name: 'agent, of whose journal the last line is cut short',
    process: 'agent',
    left: ({ agent }) => appendFileSync(join(agent.dataDir, 'journal.jsonl'), '{"'),
  },
];
interface Step {
  readonly process: (typeof PARTS)[number];
  readonly step: string;
}
const name = ({ process, step }: Step) => `${process}, ${step}`;

/** A step that was noted comes again within this: those of the slowest resync do. */
const COMES_WITHIN_MS = 70_000;
const BEATS_MS = 7_000;
const SERVES_WITHIN_MS = 120_000;
const CONTROLLERS = 3;
const REPORTS = 'compute hears this host';
const LOST = 'the stream to compute is gone';

/** Crashed at already, as `name` says. */
const crashedAt = new Set<string>();
/** Every step that a recording found, and the kinds of all steps it saw. */
const noted = new Set<string>();
const kinds = new Set<string>();
/** That a host is silent, or heard again, is told when its beats take long: a matter of the machine, not of what is done. */
const ofSlowMachine = /< #silent <|wakeHost </;
/** What processes do by themselves, again and again: no step of one operation. */
const periodic = new Set<string>();

/**
 * What a crash leaves depends on what has happened before it. Where something has ("after commit"), each of the four
 * operations of an instance's life crashes. Where something is only about to ("before call"), the world is as the step
 * before left it: once will do. So it will for steps of other operations that those four have, too. That is
 * `make faults`; `make test` takes create and delete only, and each of their steps once.
 */
const THOROUGH = process.env['THECLOUD_CRASH_EVERY_STEP'] === '1';
const ONLY_STEP = process.env['THECLOUD_CRASH_STEP'];
const operations = THOROUGH || ONLY_STEP ? OPERATIONS : [create, remove];
const matters = ({ everyStep }: Operation, step: Step) =>
  (THOROUGH && everyStep && /^(after|file written)/.test(step.step)) || !crashedAt.has(name(step));

/**
 * Until the agent reports, everything is led, every operation has ended and every event is published, so that what still
 * comes back is not taken for a step of what is next.
 */
async function calm({ agent, compute, database }: Cloud): Promise<void> {
  const led = () => agent.lastLogged(REPORTS, LOST) === REPORTS && compute.logged('leading') >= CONTROLLERS;
  const underWay = async () =>
    (
      await database.query(
        `select 1 from compute.operation where ended_at is null
         union all select 1 from compute.outbox where published_at is null`,
      )
    ).length > 0;
  for (const giveUp = Date.now() + SERVES_WITHIN_MS; !led() || (await underWay());) {
    if (Date.now() > giveUp) throw new Error('agent and compute did not come to rest with each other');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The steps that are passed while something is done, each once. */
async function record(cloud: Cloud, work: () => Promise<unknown>, often = 1): Promise<Step[]> {
  await calm(cloud);
  for (const process of PARTS) cloud[process].failpoints.forget();
  await work();
  return PARTS.flatMap((process) => {
    const passed = cloud[process].failpoints.passed();
    for (const step of passed) kinds.add(step.split(':')[0] ?? '');
    const enough = [...new Set(passed)].filter(
      (step) => !ofSlowMachine.test(step) && passed.filter((p) => p === step).length >= often,
    );
    const steps = enough.map((step) => ({ process, step }));
    for (const step of steps) noted.add(name(step));
    return steps;
  });
}

/** Crashes at each of the steps, one after the other in each cloud; answers with what did not come out well. */
async function crashAtEach(steps: readonly Step[], round: (cloud: Cloud, step: Step) => Promise<void>) {
  const waiting = steps.filter((step) => !ONLY_STEP || name(step) === ONLY_STEP);
  const wrong: string[] = [];
  const worker = async (cloud: Cloud) => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      crashedAt.add(name(step));
      const failed = await round(cloud, step).catch((error: Error) => error);
      if (!failed) continue;
      wrong.push(`${name(step)}\n${failed.message}`);
      return; // what comes next in this cloud would only stumble over what went wrong
    }
  };
  await Promise.all(clouds.map(worker));
  return wrong;
}

interface Revived<T> {
  readonly done: T;
  readonly convergesWithinMs: number;
}

/** From here on the process is armed; it dies while `work` is under way, and is started again. */
async function dies<T>(cloud: Cloud, { process, step }: Step, work: () => Promise<T>): Promise<Revived<T>> {
  const part = cloud[process];
  part.failpoints.crashAt(step);
  const revived = async () => {
    await within(COMES_WITHIN_MS, part.died());
    const died = Date.now();
    await part.start();
    await part.serving();
    return Date.now() - died;
  };
  const [done, startMs] = await Promise.all([work(), revived()]).finally(() => part.failpoints.disarm());
  return { done, convergesWithinMs: convergesWithin(startMs) };
}

async function within(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('this step was noted, but did not come again')), ms);
  });
  await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

describe('kill -9', () => {
  afterEach(() => Promise.all(clouds.map(({ database }) => database.query('truncate compute.taken_port'))));

  it('of what processes do by themselves', async () => {
    const [cloud] = clouds as [Cloud];
    await Promise.all(clouds.map((each) => given(each, 'running')));
    const beats = await record(cloud, () => new Promise((resolve) => setTimeout(resolve, BEATS_MS)), 2);
    for (const step of beats) periodic.add(name(step));
    const wrong = await crashAtEach(beats, async (each, step) => {
      const id = await given(each, 'running');
      const { convergesWithinMs } = await dies(each, step, () => Promise.resolve());
      await expectConverged(each, docker(each), wanted('running', id), convergesWithinMs);
    });
    expect(wrong).toEqual([]);
  });

  it.each(operations)('at every step of $name', async (operation) => {
    const [cloud] = clouds as [Cloud];
    const ready = async (each: Cloud) => {
      const id = await given(each, operation.needs);
      if (operation.withoutImages) await docker(each).forgetImages();
      if (operation.portHeld) await leaveHeldPort(each, 20_000 + 100 * clouds.indexOf(each));
      return id;
    };
    const atLeastMs = operation.portHeld ? GIVES_UP_WITHIN_MS : CONVERGED_WITHIN_MS;
    const id = await ready(cloud);
    const passed = await record(cloud, async () => {
      const answer = await wish(cloud, operation, id).once();
      await expectConverged(cloud, docker(cloud), wanted(operation.leaves, idOf(answer)), atLeastMs);
    });
    expect(new Set(passed.map(({ process }) => process))).toEqual(new Set(PARTS));
    expect(!operation.portHeld || passed.some(({ step }) => step.includes('#movePorts'))).toBe(true);
    const steps = passed.filter((step) => !periodic.has(name(step)) && matters(operation, step));
    const wrong = await crashAtEach(steps, async (each, step) => {
      const before = await ready(each);
      const wished = wish(each, operation, before);
      const { done: answer, convergesWithinMs } = await dies(each, step, () => wished.once());
      const withinMs = Math.max(atLeastMs, convergesWithinMs);
      await expectConverged(each, docker(each), wanted(operation.leaves, idOf(answer)), withinMs);
      // The wish has come true once: also for a caller who repeats it now.
      expect((await wished.once()).metadata).toEqual(answer.metadata);
    });
    expect(wrong).toEqual([]);
  });

  it.each(RETURNS)('at every step of coming back from a crash: $name', async ({ process, left }) => {
    const [cloud] = clouds as [Cloud];
    const id = await given(cloud, 'running');
    const passed = await record(cloud, async () => {
      await cloud[process].kill();
      left?.(cloud);
      await cloud[process].start();
      await cloud[process].serving();
      await expectConverged(cloud, docker(cloud), wanted('running', id));
    });
    const steps = passed.filter((step) => !crashedAt.has(name(step)));
    const wrong = await crashAtEach(steps, async (each, step) => {
      const there = await given(each, 'running');
      await each[process].kill();
      left?.(each);
      const { convergesWithinMs } = await dies(each, step, async () => {
        await each[process].start();
        // Some steps belong to the first request that it gets.
        const isBack = ({ status }: { status: number }) => status === 200;
        await each.admin.until('GET', `/v1/instances/${there}`, isBack, SERVES_WITHIN_MS);
      });
      await expectConverged(each, docker(each), wanted('running', there), convergesWithinMs);
    });
    expect(wrong).toEqual([]);
  });

  it('leaves out no step that was noted, and no kind that the code announces', () => {
    const elsewhere = ['event taken', 'before ack', 'after ack']; // children-crash.test.ts
    expect(announcedInCode().filter((kind) => !kinds.has(kind) && !elsewhere.includes(kind))).toEqual([]);
    expect([...noted].filter((step) => !crashedAt.has(step))).toEqual([]);
  });
});
