import type { DriverPhase, SeenInstance } from './ports/instance-driver';
import { specHash } from './spec';
import type { InstanceOrder, InstanceRecord, RestartPolicy } from './spec';
import { plan } from './plan';

const config = (restartPolicy: RestartPolicy) => ({
  ...{
    image: 'i',
    entrypoint: [],
    command: [],
    env: {},
    ports: [],
    restartPolicy,
    cpuMillicores: 1_000,
    memoryMib: 64,
    pids: 64,
    hostname: 'h',
    projectId: 'p',
    onHostLoss: 'restart' as const,
  },
});

interface Case {
  want: 'running' | 'stopped' | 'absent';
  policy?: RestartPolicy;
  /** Phase, or nothing there. */
  seen?: DriverPhase;
  exitCode?: number;
  otherSpec?: boolean;
  /** Generation and nonce carried out so far; the order is 5 and 1. */
  done?: [generation: number, nonce: number] | 'lost';
  plan: string;
}

const now: [number, number] = [5, 1];
const before: [number, number] = [4, 1];
const cases: Case[] = [
  { want: 'absent', plan: '' },
  { want: 'absent', seen: 'running', plan: 'stop remove' },
  { want: 'absent', seen: 'paused', plan: 'stop remove' },
  { want: 'absent', seen: 'created', plan: 'remove' },
  { want: 'absent', seen: 'exited', plan: 'remove' },
  { want: 'absent', seen: 'broken', plan: 'remove' },
  { want: 'stopped', plan: '' },
  { want: 'stopped', seen: 'running', plan: 'stop' },
  { want: 'stopped', seen: 'paused', plan: 'stop' },
  { want: 'stopped', seen: 'exited', plan: '' },
  { want: 'stopped', seen: 'created', plan: 'remove' },
  { want: 'stopped', seen: 'broken', plan: 'remove' },
  { want: 'running', plan: 'create start:order' },
  { want: 'running', done: before, plan: 'create start:order' },
  { want: 'running', done: now, policy: 'always', plan: 'create start:policy' },
  { want: 'running', done: now, policy: 'on-failure', plan: '' },
  { want: 'running', done: now, policy: 'never', plan: '' },
  { want: 'running', seen: 'created', plan: 'start:order' },
  { want: 'running', seen: 'created', done: now, plan: 'start:policy' },
  { want: 'running', seen: 'running', done: now, plan: '' },
  { want: 'running', seen: 'running', done: before, plan: '' },
  { want: 'running', seen: 'running', done: [4, 0], plan: 'stop start:order' },
  { want: 'running', seen: 'running', done: 'lost', plan: '' },
  { want: 'running', seen: 'paused', done: now, plan: 'start:order' },
  { want: 'running', seen: 'broken', done: now, plan: 'remove' },
  {
    want: 'running',
    seen: 'running',
    otherSpec: true,
    done: before,
    plan: 'pull stop remove create start:order',
  },
  { want: 'running', seen: 'exited', otherSpec: true, done: before, plan: 'pull remove create start:order' },
  { want: 'running', seen: 'exited', exitCode: 0, done: now, policy: 'always', plan: 'start:policy' },
  { want: 'running', seen: 'exited', exitCode: 0, done: now, policy: 'on-failure', plan: '' },
  { want: 'running', seen: 'exited', exitCode: 3, done: now, policy: 'on-failure', plan: 'start:policy' },
  { want: 'running', seen: 'exited', exitCode: 3, done: now, policy: 'never', plan: '' },
  { want: 'running', seen: 'exited', exitCode: 0, done: before, policy: 'never', plan: 'start:order' },
  { want: 'running', seen: 'exited', exitCode: 0, done: [5, 0], policy: 'never', plan: 'start:order' },
  { want: 'running', seen: 'exited', exitCode: 0, done: 'lost', policy: 'never', plan: '' },
];

it.each(cases)('$want $policy, seen $seen code $exitCode, done $done -> $plan', (c) => {
  const wanted = config(c.policy ?? 'always');
  const order: InstanceOrder = {
    ...{ kind: 'instance', id: 'ins', generation: 5, controller: 'compute/instance', epoch: 1n, driver: '' },
    desired: c.want,
    spec: { config: wanted, restartNonce: 1, graceSeconds: 1 },
  };
  const record: InstanceRecord = Array.isArray(c.done)
    ? { order, done: c.done[0], state: { restartCount: 0, restartNonce: c.done[1] } }
    : { order };
  const marks = { generation: c.done === 'lost' ? 5 : 1, restartNonce: c.done === 'lost' ? 1 : 0 };
  const hash = c.otherSpec ? 'other' : specHash(wanted);
  const seen: SeenInstance | undefined = c.seen && {
    id: 'ins',
    phase: c.seen,
    exitCode: c.exitCode,
    outOfMemory: false,
    specHash: hash,
    ...marks,
  };
  expect(
    plan(record, seen)
      .map((a) => (a.do === 'start' ? `start:${a.by}` : a.do))
      .join(' '),
  ).toBe(c.plan);
});

it('gives a new container for what only a new container can change, and for nothing else', () => {
  const first = specHash({ ...config('always'), env: { A: '1', B: '2' } });
  expect(specHash({ ...config('never'), env: { B: '2', A: '1' }, hostname: 'other' })).toBe(first);
  expect(specHash({ ...config('always'), env: { A: '1', B: '3' } })).not.toBe(first);
});
