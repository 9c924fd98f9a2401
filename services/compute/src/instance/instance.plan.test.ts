import fc from 'fast-check';
import type { PublishedPort, Seen } from './instance';
import { isFenced, plan, STEADY_MS } from './instance.plan';
import type { Facts } from './instance.plan';
import { allowed, TRANSITIONS } from './instance.state';
import type { InstanceState } from './instance.state';

const seen = (change: Partial<Seen> = {}): Seen => ({
  generation: 1,
  phase: 'running',
  exitCode: 0,
  restartCount: 0,
  problemReason: '',
  problemMessage: '',
  progress: '',
  ...change,
});
const published = (hostPort: number): PublishedPort => ({ containerPort: 80, hostPort, protocol: 'tcp' });
const taken = (change: Partial<Seen> = {}) =>
  seen({ phase: 'failed', problemReason: 'PORT_TAKEN', problemPort: 20_000, ...change });
const facts = (change: Partial<Facts> = {}): Facts => ({
  desired: 'running',
  generation: 1,
  ports: [],
  restartPolicy: 'always',
  state: 'starting',
  observedGeneration: 0,
  hostId: 'host_1',
  hostLost: false,
  isFenced: true,
  onHostLoss: 'restart',
  keptGeneration: 0,
  seen: null,
  ranForMs: STEADY_MS,
  ...change,
});

it.each<[string, Partial<Facts>, string, InstanceState]>([
  ['a new one is placed', { hostId: null, state: 'provisioning' }, 'place', 'provisioning'],
  ['a placed one is applied', {}, 'apply', 'starting'],
  [
    'one that could not be placed stays failed',
    { hostId: null, state: 'failed', observedGeneration: 1 },
    'none',
    'failed',
  ],
  [
    'and is placed again when wanted anew',
    { hostId: null, state: 'failed', observedGeneration: 1, generation: 2 },
    'place',
    'provisioning',
  ],
  ['pulling is starting', { seen: seen({ phase: 'pulling' }) }, 'none', 'starting'],
  ['creating is starting', { seen: seen({ phase: 'creating' }) }, 'none', 'starting'],
  [
    'an order that is only journaled yet is starting',
    { seen: seen({ phase: 'absent' }) },
    'none',
    'starting',
  ],
  ['running is running', { seen: seen() }, 'none', 'running'],
  [
    'a running one told something new runs on',
    { seen: seen(), generation: 2, state: 'running' },
    'apply',
    'running',
  ],
  [
    'a driver that is away is waited for',
    { seen: seen({ phase: 'failed', problemReason: 'DRIVER_UNAVAILABLE' }) },
    'none',
    'starting',
  ],
  [
    'an image that cannot be pulled fails it',
    { seen: seen({ phase: 'failed', problemReason: 'IMAGE_MISSING' }) },
    'none',
    'failed',
  ],
  [
    'a chosen port that is taken is left for another',
    { ports: [published(80), published(0)], seen: taken() },
    'move-ports',
    'starting',
  ],
  [
    'so are chosen ports of which an unnamed one is taken',
    { ports: [published(0), published(0)], seen: taken({ problemPort: undefined }) },
    'move-ports',
    'starting',
  ],
  [
    'a port that was asked for and is taken fails it',
    { ports: [published(20_000), published(0)], seen: taken() },
    'none',
    'failed',
  ],
  [
    'so does one that may be it',
    { ports: [published(80), published(0)], seen: taken({ problemPort: undefined }) },
    'none',
    'failed',
  ],
  [
    'and a chosen one, if what the program wrote would be lost',
    { ports: [published(0)], seen: taken({ startedAt: '2026-01-01T00:00:00Z' }) },
    'none',
    'failed',
  ],
  [
    'what has failed for its port stays so',
    { ports: [published(0)], seen: taken(), state: 'failed', observedGeneration: 1 },
    'none',
    'failed',
  ],
  ['exit under always restarts', { seen: seen({ phase: 'exited', exitCode: 1 }) }, 'none', 'starting'],
  [
    'clean exit under on-failure is stopped',
    { restartPolicy: 'on-failure', seen: seen({ phase: 'exited' }) },
    'none',
    'stopped',
  ],
  [
    'failed exit under on-failure restarts',
    { restartPolicy: 'on-failure', seen: seen({ phase: 'exited', exitCode: 2 }) },
    'none',
    'starting',
  ],
  [
    'clean exit under never is stopped',
    { restartPolicy: 'never', seen: seen({ phase: 'exited' }) },
    'none',
    'stopped',
  ],
  [
    'failed exit under never is failed',
    { restartPolicy: 'never', seen: seen({ phase: 'exited', exitCode: 2 }) },
    'none',
    'failed',
  ],
  [
    'removed behind our back under never is failed',
    { restartPolicy: 'never', seen: seen({ phase: 'exited', problemReason: 'REMOVED' }) },
    'none',
    'failed',
  ],
  [
    'stop is applied',
    { desired: 'stopped', generation: 2, state: 'running', seen: seen() },
    'apply',
    'stopping',
  ],
  ['stopped once exited', { desired: 'stopped', seen: seen({ phase: 'exited' }) }, 'none', 'stopped'],
  ['stopped at once without a host', { desired: 'stopped', hostId: null }, 'none', 'stopped'],
  [
    'delete is applied',
    { desired: 'absent', generation: 2, seen: seen(), state: 'deleting' },
    'apply',
    'deleting',
  ],
  ['an applied delete waits', { desired: 'absent', seen: seen(), state: 'deleting' }, 'none', 'deleting'],
  [
    'deleted once absent',
    { desired: 'absent', seen: seen({ phase: 'absent' }), state: 'deleting' },
    'purge',
    'deleted',
  ],
  [
    'an old absence is no proof',
    { desired: 'absent', generation: 2, seen: seen({ phase: 'absent' }), state: 'deleting' },
    'apply',
    'deleting',
  ],
  [
    'deleted at once without a host',
    { desired: 'absent', hostId: null, state: 'deleting' },
    'purge',
    'deleted',
  ],
  [
    'one on a lost host is taken off it',
    { hostLost: true, seen: seen(), state: 'running' },
    'displace',
    'provisioning',
  ],
  ['also before the host said anything of it', { hostLost: true }, 'displace', 'provisioning'],
  [
    'and one that failed there',
    { hostLost: true, state: 'failed', seen: seen({ phase: 'failed', problemReason: 'IMAGE_MISSING' }) },
    'displace',
    'provisioning',
  ],
  [
    'one to be kept stays',
    { hostLost: true, onHostLoss: 'keep', seen: seen(), state: 'running' },
    'none',
    'running',
  ],
  [
    'and one that nothing there stops in time',
    { hostLost: true, isFenced: false, seen: seen(), state: 'running' },
    'none',
    'running',
  ],
  [
    'also if the host may not know yet that it may restart',
    { hostLost: true, keptGeneration: 1, generation: 2, seen: seen(), state: 'running' },
    'none',
    'running',
  ],
  [
    'and is taken off if the host knew',
    { hostLost: true, keptGeneration: 1, generation: 2, seen: seen({ generation: 2 }), state: 'running' },
    'displace',
    'provisioning',
  ],
  [
    'a job that has ended does not run again',
    { hostLost: true, restartPolicy: 'never', seen: seen({ phase: 'exited' }), state: 'stopped' },
    'none',
    'stopped',
  ],
  [
    'one that crashed and would restart is taken off',
    { hostLost: true, seen: seen({ phase: 'exited', exitCode: 1 }), state: 'starting' },
    'displace',
    'provisioning',
  ],
  [
    'a stopped one stays',
    { hostLost: true, desired: 'stopped', seen: seen({ phase: 'exited' }), state: 'stopped' },
    'none',
    'stopped',
  ],
  [
    'one that was being stopped has been by its host',
    { hostLost: true, desired: 'stopped', generation: 2, seen: seen(), state: 'stopping' },
    'displace',
    'stopping',
  ],
  [
    'one to be kept that was being stopped is waited for',
    {
      hostLost: true,
      onHostLoss: 'keep',
      desired: 'stopped',
      generation: 2,
      seen: seen(),
      state: 'stopping',
    },
    'none',
    'stopping',
  ],
  [
    'a deleted one is gone with its host',
    { hostLost: true, desired: 'absent', seen: seen(), state: 'deleting' },
    'purge',
    'deleted',
  ],
])('%s', (_what, change, action, state) => {
  expect(plan(facts(change))).toMatchObject({ action, state });
});

it('tells a program that was killed for its memory apart from one that ended', () => {
  const killed = seen({ phase: 'exited', exitCode: 137, problemReason: 'OUT_OF_MEMORY' });
  expect(plan(facts({ restartPolicy: 'never', seen: killed }))).toMatchObject({
    state: 'failed',
    reason: 'OUT_OF_MEMORY',
  });
  expect(plan(facts({ seen: killed }))).toMatchObject({ state: 'starting', reason: 'OUT_OF_MEMORY' });
});

it('says at once that it runs, and later that its start has succeeded', () => {
  const started = plan(facts({ seen: seen(), ranForMs: STEADY_MS - 300 }));
  expect(started).toMatchObject({ state: 'running', step: 'start', lookAgainMs: 300 });
  expect(started.outcome).toBeUndefined();
  expect(plan(facts({ seen: seen() }))).toMatchObject({ state: 'running', outcome: 'succeeded' });
  const again = facts({ seen: seen(), ranForMs: 0, observedGeneration: 1 });
  expect(plan(again)).toMatchObject({ state: 'running', outcome: 'succeeded' });
});

it('fails what is asked of one that is kept on a lost host, and says so', () => {
  const asked = { hostLost: true, onHostLoss: 'keep', desired: 'stopped', generation: 2 } as const;
  const kept = facts({ ...asked, seen: seen(), state: 'stopping' });
  expect(plan(kept)).toMatchObject({ outcome: 'failed', reason: 'HOST_LOST' });
});

it('gives up on an operation after three starts that end at once, and says how they ended', () => {
  const crashing = seen({
    phase: 'exited',
    exitCode: 3,
    restartCount: 3,
    problemMessage: 'exit code 3: cannot bind',
  });
  expect(plan(facts({ seen: crashing }))).toMatchObject({
    outcome: 'failed',
    reason: 'EXITED',
    message: 'exit code 3: cannot bind',
  });
});

it.each<[string, Partial<Facts>]>([
  ['deleted', { desired: 'absent', state: 'deleting' }],
  ['started anew', { desired: 'running', state: 'starting' }],
  ['stopped', { desired: 'stopped', state: 'stopping' }],
])('does not tell of one that is %s how it failed before, but what is in the way', (_what, change) => {
  const before = (problemReason: string) =>
    seen({ phase: 'failed', problemReason, problemMessage: `of ${problemReason}` });
  const next = (reason: string) => plan(facts({ ...change, generation: 2, seen: before(reason) }));
  expect(next('START_FAILED')).toMatchObject({ action: 'apply', reason: '', message: '' });
  expect(next('DRIVER_UNAVAILABLE')).toMatchObject({ action: 'apply', message: 'of DRIVER_UNAVAILABLE' });
});

const arbitraryFacts = fc.record<Facts>({
  desired: fc.constantFrom('running', 'stopped', 'absent'),
  generation: fc.integer({ min: 1, max: 3 }),
  ports: fc.constantFrom([], [published(0)], [published(20_000)]),
  restartPolicy: fc.constantFrom('always', 'on-failure', 'never'),
  state: fc.constantFrom(
    ...(Object.keys(TRANSITIONS) as InstanceState[]).filter((s) => s !== 'deleted' && s !== 'deleting'),
  ),
  observedGeneration: fc.integer({ min: 0, max: 3 }),
  hostId: fc.option(fc.constant('host_1')),
  ranForMs: fc.integer({ min: 0, max: 2 * STEADY_MS }),
  hostLost: fc.boolean(),
  isFenced: fc.boolean(),
  onHostLoss: fc.constantFrom('restart', 'keep'),
  keptGeneration: fc.integer({ min: 0, max: 3 }),
  seen: fc.option(
    fc.record<Seen>({
      generation: fc.integer({ min: 0, max: 3 }),
      phase: fc.constantFrom('absent', 'pulling', 'creating', 'running', 'exited', 'failed'),
      exitCode: fc.nat(255),
      restartCount: fc.nat(5),
      problemReason: fc.constantFrom('', 'REMOVED', 'DRIVER_UNAVAILABLE', 'START_FAILED', 'PORT_TAKEN'),
      problemMessage: fc.constant(''),
      progress: fc.constant(''),
    }),
  ),
});

it('only ever takes transitions of the table', () => {
  fc.assert(
    fc.property(arbitraryFacts, (f) => {
      const state = f.desired === 'absent' ? 'deleting' : f.state;
      return allowed(state, plan({ ...f, state }).state);
    }),
    { numRuns: 2_000 },
  );
});

it('never purges what its host may still hold', () => {
  fc.assert(
    fc.property(arbitraryFacts, (f) => {
      if (plan(f).action !== 'purge') return true;
      return (
        f.desired === 'absent' &&
        (f.hostId === null || f.hostLost || (f.seen?.phase === 'absent' && f.seen.generation >= f.generation))
      );
    }),
    { numRuns: 2_000 },
  );
});

it('takes nothing off a host that lives, and nothing that is to be kept or may not know better', () => {
  fc.assert(
    fc.property(arbitraryFacts, (f) => {
      if (plan(f).action !== 'displace') return true;
      const knows = f.keptGeneration === 0 || (f.seen?.generation ?? 0) > f.keptGeneration;
      return f.hostLost && f.hostId !== null && f.onHostLoss === 'restart' && f.desired !== 'absent' && knows;
    }),
    { numRuns: 2_000 },
  );
});

it('tells a lost host nothing', () => {
  fc.assert(
    fc.property(arbitraryFacts, (f) => !f.hostLost || f.hostId === null || plan(f).action !== 'apply'),
    { numRuns: 2_000 },
  );
});

it.each([
  ['a host whose drivers all fence', [], undefined, true],
  ['a driver that fences beside one that does not', ['careless'], 'docker', true],
  ['a driver that does not', ['careless'], 'careless', false],
  ['a driver that is not known, beside one that does not', ['careless'], undefined, false],
] as const)('on %s: %j, %s', (_what, unfenced, driver, fenced) => {
  expect(isFenced({ seen: driver ? seen({ driver }) : null }, unfenced)).toBe(fenced);
});
