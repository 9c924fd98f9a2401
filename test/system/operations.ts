import { randomUUID } from 'node:crypto';
import { idOf } from './api';
import type { Body } from './api';
import type { Cloud } from './cloud';
import type { Wanted } from './converged';

type Life = 'none' | 'running' | 'stopped';

/** One thing that a user asks for, and how the instance stands before and after. */
export interface Operation {
  readonly name: string;
  readonly needs: Life;
  readonly leaves: Life;
  /** Its host knows no image. */
  readonly withoutImages?: boolean;
  /** The port that the cloud chooses first is held by another program. */
  readonly portHeld?: boolean;
  /** Crash at each step; otherwise at those that no operation before it had. */
  readonly everyStep: boolean;
  /** The request; `id` is that of the instance there is. */
  request(id: string): { method: string; path: string; body?: unknown };
}

const SPEC = {
  type: 'nano-1',
  image: 'starter',
  command: ['/bin/sleep', '600'],
  ports: [{ container_port: 80 }],
};
const power = (verb: string) => (id: string) => ({
  method: 'POST',
  path: `/v1/instances/${id}:${verb}`,
  body: {},
});

export const create: Operation = {
  name: 'create',
  needs: 'none',
  leaves: 'running',
  everyStep: true,
  request: () => ({ method: 'POST', path: '/v1/instances', body: { name: 'crash', spec: SPEC } }),
};
const createWithPull: Operation = {
  ...create,
  name: 'create with a pull',
  everyStep: false,
  withoutImages: true,
};
const createOnHeldPort: Operation = {
  ...create,
  name: 'create on a port that is held',
  everyStep: false,
  portHeld: true,
};
const stop: Operation = {
  name: 'stop',
  needs: 'running',
  leaves: 'stopped',
  everyStep: true,
  request: power('stop'),
};
const start: Operation = {
  name: 'start',
  needs: 'stopped',
  leaves: 'running',
  everyStep: true,
  request: power('start'),
};
const restart: Operation = {
  name: 'restart',
  needs: 'running',
  leaves: 'running',
  everyStep: false,
  request: power('restart'),
};
const update: Operation = {
  name: 'update',
  needs: 'running',
  leaves: 'running',
  everyStep: false,
  request: (id) => ({
    method: 'PATCH',
    path: `/v1/instances/${id}`,
    body: { update_mask: ['spec.env'], spec: { env: { ROUND: randomUUID() } } },
  }),
};
export const remove: Operation = {
  name: 'delete',
  needs: 'running',
  leaves: 'none',
  everyStep: true,
  request: (id) => ({ method: 'DELETE', path: `/v1/instances/${id}` }),
};

export const OPERATIONS = [create, createWithPull, stop, start, remove, restart, update, createOnHeldPort];

/** Asks as a client does: again under the same key until there is an answer. `once` is one such wish. */
export function wish(cloud: Cloud, operation: Operation, id: string): { once(): Promise<Body> } {
  const key = { 'idempotency-key': randomUUID() };
  const { method, path, body } = operation.request(id);
  return {
    once: async () => {
      const answer = await cloud.admin.until(
        method,
        path,
        ({ status }) => status > 0 && status < 500,
        60_000,
        body,
        key,
      );
      if (answer.status >= 400) throw new Error(`${operation.name}: ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
  };
}

/** The one instance there is; has it be as needed first. */
export async function given(cloud: Cloud, needs: Life): Promise<string> {
  const [there] = (await cloud.admin.call('GET', '/v1/instances')).body.instances ?? [];
  const is = there?.status?.state ?? 'none';
  if (is === needs) return there ? idOf(there) : '';
  const next = needs === 'none' ? remove : needs === 'stopped' ? stop : is === 'none' ? create : start;
  if (next === stop && is === 'none') {
    await given(cloud, 'running');
    return given(cloud, needs);
  }
  const id = idOf(await wish(cloud, next, there ? idOf(there) : '').once());
  if (needs === 'none') await cloud.admin.vanishes(`/v1/instances/${id}`);
  else await cloud.admin.reaches(id, needs);
  return id;
}

export const wanted = (life: Life, id: string): Wanted => ({
  running: life === 'running' ? [id] : [],
  stopped: life === 'stopped' ? [id] : [],
});
