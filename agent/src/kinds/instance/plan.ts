import type { SeenInstance } from './ports/instance-driver';
import { specHash } from './spec';
import type { InstanceRecord } from './spec';

/** `pull` before what interrupts service, so that a replaced instance is away as briefly as possible; else `create` sees to it. */
export type Action =
  | { readonly do: 'pull' }
  | { readonly do: 'create' }
  /** by order: at once. By policy: after the back-off that a crash loop earns. */
  | { readonly do: 'start'; readonly starts: true; readonly by: 'order' | 'policy' }
  | { readonly do: 'stop' }
  | { readonly do: 'remove' };

const pull: Action = { do: 'pull' };
const create: Action = { do: 'create' };
const stop: Action = { do: 'stop' };
const remove: Action = { do: 'remove' };
const startBy = (by: 'order' | 'policy'): Action => ({ do: 'start', starts: true, by });

/**
 * What is to be done, in order; empty when the order is fulfilled as far as it can be.
 *
 * Who restarts: the agent alone, Docker's own restart policy is "no". Docker cannot restart what a stranger stopped,
 * killed or removed, backs off without jitter, and after a reboot would revive what the control plane has meanwhile
 * placed elsewhere, before any epoch is asked. Price: while the agent is down nothing that ends is restarted (what
 * runs keeps running), until its supervisor has it back.
 */
export function plan(record: InstanceRecord, seen: SeenInstance | undefined): Action[] {
  switch (record.order.desired) {
    case 'absent':
      if (!seen) return [];
      return isUp(seen) ? [stop, remove] : [remove];
    case 'stopped':
      if (seen?.phase === 'broken' || seen?.phase === 'created') return [remove]; // never ran: nothing to keep
      return seen && isUp(seen) ? [stop] : [];
    default:
      return planRunning(record, seen);
  }
}

function planRunning(record: InstanceRecord, seen: SeenInstance | undefined): Action[] {
  const { order } = record;
  const done = doneFor(record, seen);
  if (!seen) {
    if (!done) return [create, startBy('order')];
    return order.spec.config?.restartPolicy === 'always' ? [create, startBy('policy')] : [];
  }
  if (seen.phase === 'broken') return [remove]; // perhaps somebody is removing it: what then is missing, the next look says
  if (order.spec.config && seen.specHash !== specHash(order.spec.config)) {
    return [pull, ...(isUp(seen) ? [stop] : []), remove, create, startBy('order')];
  }
  switch (seen.phase) {
    case 'created':
      return [startBy(done ? 'policy' : 'order')];
    case 'paused':
      return [startBy('order')];
    case 'running':
      return wantsRestart(record, seen) ? [stop, startBy('order')] : [];
    case 'exited':
      if (!done) return [startBy('order')];
      return restarts(record, seen) ? [startBy('policy')] : [];
  }
}

/** Has this very order been carried out? If the journal lost that, the container's marks still know when it was made. */
function doneFor(record: InstanceRecord, seen: SeenInstance | undefined): boolean {
  const { generation, spec } = record.order;
  const done = doneOf(record) ?? seen;
  return done?.generation === generation && done.restartNonce === spec.restartNonce;
}

function wantsRestart(record: InstanceRecord, seen: SeenInstance): boolean {
  return (doneOf(record) ?? seen).restartNonce !== record.order.spec.restartNonce;
}

function doneOf({ done, state }: InstanceRecord): { generation: number; restartNonce: number } | undefined {
  return done === undefined ? undefined : { generation: done, restartNonce: state?.restartNonce ?? 0 };
}

/** May the policy start it again after this exit? */
export function restarts(record: InstanceRecord, seen: SeenInstance): boolean {
  const policy = record.order.spec.config?.restartPolicy;
  return policy === 'always' || (policy === 'on-failure' && seen.exitCode !== 0);
}

function isUp(seen: SeenInstance): boolean {
  return seen.phase === 'running' || seen.phase === 'paused';
}
