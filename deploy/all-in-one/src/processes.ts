import { join } from 'node:path';
import {
  isPortFree,
  launch,
  logTail,
  portHolder,
  proxyEnvironment,
  readPidFile,
  terminate,
  until,
  writePidFile,
} from '@thecloud/engines';
import { Failure } from './failure';
import { stopProcess } from './keep-alive';
import { type Layout, readIfThere, writePrivate } from './layout';
import type { Plan } from './plan';
import { entryOf, type PortName, portOf, type Ports } from './ports';
import { opsPort, serviceNames } from './services';

const SUPERVISOR = 'supervisor';
const READY_MS = 90_000;
/** So many lives within one wait are a crash that will not heal. */
const HOPELESS_LIVES = 4;
export const processNames: readonly string[] = ['control-plane', ...serviceNames];

export function readPlan(layout: Layout): Plan | undefined {
  const text = readIfThere(layout.plan);
  return text === undefined ? undefined : (JSON.parse(text) as Plan);
}

export const supervisorPid = (layout: Layout) => readPidFile(layout.pidFile(SUPERVISOR))?.pid;

/** Makes the processes of the plan run and nothing else of ours; those that run already stay untouched. */
export async function runPlan(layout: Layout, plan: Plan): Promise<'kept' | 'started'> {
  const before = readPlan(layout);
  if (before?.fingerprint === plan.fingerprint && supervisorPid(layout) !== undefined) return 'kept';
  if (before?.fingerprint !== plan.fingerprint) {
    await stopProcesses(layout);
    writePrivate(layout.plan, `${JSON.stringify(plan, null, 2)}\n`);
  }
  const started = await launch(
    {
      program: process.execPath,
      args: [join(__dirname, 'supervisor.js')],
      env: { THECLOUD_HOME: layout.home, ...proxyEnvironment() },
    },
    layout.log(SUPERVISOR),
  );
  if (!started) throw new Failure(`The supervisor ended at once.\n${logTail(layout.log(SUPERVISOR))}`);
  writePidFile(layout.pidFile(SUPERVISOR), started);
  return 'started';
}

/** Supervisor first, or it would start them again. Answers the names of those that ran. */
export async function stopProcesses(layout: Layout): Promise<string[]> {
  const supervisor = readPidFile(layout.pidFile(SUPERVISOR));
  if (supervisor) await terminate(supervisor, 'SIGTERM', 12_000);
  const ran = await Promise.all(
    processNames.map(async (name) => ((await stopProcess(layout, name)) ? [name] : [])),
  );
  return [...(supervisor ? [SUPERVISOR] : []), ...ran.flat()];
}

/** Waits until every service of the plan says it is ready. */
export async function waitUntilReady(
  layout: Layout,
  plan: Plan,
  ports: Ports,
  say: (detail: string) => void,
): Promise<void> {
  const lives = new Map<string, Set<number>>();
  let waiting = plan.processes;
  const crashing = () => plan.processes.find(({ name }) => (lives.get(name)?.size ?? 0) >= HOPELESS_LIVES);
  await until(
    async () => {
      for (const { name } of waiting) noteLife(lives, name, readPidFile(layout.pidFile(name))?.pid);
      const answers = await Promise.all(
        waiting.map(async (one) => ({ one, missing: await firstUnready(one.services, ports) })),
      );
      waiting = answers.filter(({ missing }) => missing !== undefined).map(({ one }) => one);
      say(answers.find(({ missing }) => missing !== undefined)?.missing ?? '');
      return waiting.length === 0 || crashing() !== undefined;
    },
    READY_MS,
    100,
  );
  const [late] = waiting;
  if (!late) return say(plan.processes.map((p) => p.name).join(', '));
  const missing = await firstUnready(late.services, ports);
  const name = crashing()?.name ?? late.name;
  const what = crashing() ? 'ends again and again' : `is not ready after ${READY_MS / 1000} s`;
  throw new Failure(
    `${name} ${what}${missing && !crashing() ? `: ${missing}` : ''}`,
    `read ${layout.log(name)}, and make status; then run make up again`,
  );
}

function noteLife(lives: Map<string, Set<number>>, name: string, pid: number | undefined): void {
  if (pid === undefined) return;
  lives.set(name, (lives.get(name) ?? new Set()).add(pid));
}

/** What the first service that is not ready waits for. */
async function firstUnready(names: readonly string[], ports: Ports): Promise<string | undefined> {
  for (const service of names) {
    const why = await unready(portOf(ports, opsPort(service)));
    if (why !== undefined) return `${service} waits for ${why}`;
  }
  return undefined;
}

/** Undefined when ready, else what it waits for. */
export async function unready(opsPort: number): Promise<string | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${opsPort}/health/ready`, {
      signal: AbortSignal.timeout(3_000),
    });
    const { waiting = [] } = (await response.json()) as { waiting?: string[] };
    if (response.ok) return undefined;
    return waiting.join(', ') || 'itself';
  } catch {
    return 'its process'; // nobody answers there yet
  }
}

/** Names every port that somebody else holds, before anything is started. */
export async function checkPorts(
  ports: Ports,
  claims: readonly { names: readonly PortName[]; isOurs: () => boolean }[],
): Promise<void> {
  const claimed = claims.flatMap(({ names, isOurs }) => names.map((name) => ({ name, isOurs })));
  const free = await Promise.all(
    // The port of a process that was killed a moment ago is released with its last thread.
    claimed.map(({ name, isOurs }) =>
      until(async () => isOurs() || isPortFree(portOf(ports, name)), 3_000, 100),
    ),
  );
  const taken = claimed.filter((_, n) => !free[n]).map(({ name }) => name);
  if (taken.length === 0) return;
  const lines = taken.map(
    (name) => `port ${portOf(ports, name)} (${name}) is taken by ${portHolder(portOf(ports, name))}`,
  );
  const variables = taken.map((name) => `${entryOf(name).variable}=${portOf(ports, name) + 10_000}`);
  throw new Failure(
    lines.join('\n  '),
    `stop that process, or choose another port: make up ${variables.join(' ')}`,
  );
}
