import { DriverError } from '../../core/driver-error';
import type { Task } from '../../core/kind';
import { ABSENT } from '../../core/order';
import { describe } from './describe';
import type { Action } from './plan';
import type { ImageDriver } from './ports/image-driver';
import type { InstanceDriver } from './ports/instance-driver';
import { driverSpecOf, restartCountOf } from './spec';
import type { InstanceConfig, InstanceRecord } from './spec';

/** What carrying out takes of the kind, besides the task. */
export interface ExecuteDeps {
  readonly instances: InstanceDriver;
  readonly images: ImageDriver;
  /** It was started: whatever ends next is another run. */
  started(id: string, nowMs: number): void;
}

export type InstanceTask = Omit<Task, 'record'> & { readonly record: InstanceRecord };

/** Carries out one action, and journals what must be remembered of it. Idempotent, as the driver's methods are. */
export async function execute(d: ExecuteDeps, action: Action, task: InstanceTask): Promise<void> {
  const { id, generation } = task.record.order;
  switch (action.do) {
    case 'pull':
      return pull(d, task);
    case 'create':
      return create(d, task);
    case 'start':
      await d.instances.start(id, task.signal);
      d.started(id, task.now());
      task.log.info({ instance: id, generation, by: action.by }, 'instance started');
      return started(task, action.by);
    case 'stop':
      return stop(d, task);
    case 'remove':
      return d.instances.remove(id);
  }
}

/** What is to be gone is removed all the same: removing kills, too. */
async function stop(d: ExecuteDeps, { record: { order }, signal, log }: InstanceTask): Promise<void> {
  try {
    await d.instances.stop(order.id, order.spec.graceSeconds * 1000, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (order.desired !== ABSENT || !(error instanceof DriverError)) throw error;
    log.warn({ instance: order.id, err: error }, 'it could not be stopped; it is removed');
  }
}

function pull(d: ExecuteDeps, task: InstanceTask): Promise<void> {
  const { image } = configOf(task.record);
  return d.images.ensure(image, (progress) => task.tell('pulling', progress), task.signal);
}

/** Most images are there already: it is the engine that knows, and says so when it is asked to use one. */
async function create(d: ExecuteDeps, task: InstanceTask): Promise<void> {
  const spec = driverSpecOf(task.record.order, configOf(task.record));
  const made = async () => {
    // That it is about to be made, whoever ordered it knows: news only to those who were told something else.
    if (task.told) task.tell('creating', '');
    await d.instances.create(spec, task.signal);
  };
  const absent = (error: unknown) => error instanceof DriverError && error.reason === 'IMAGE_ABSENT';
  try {
    return await made();
  } catch (error) {
    if (!absent(error)) throw error;
  }
  await pull(d, task);
  await made().catch((cause: unknown) => {
    if (!absent(cause)) throw cause;
    const text = 'Its image was brought to the host, and somebody removed it at once.';
    throw new DriverError('IMAGE_PULL_FAILED', text, true, { cause });
  });
}

/**
 * After the start, not before: cut off in between we start once more than needed, instead of never. From here on the
 * order is carried out, and only the restart policy may start the program again.
 */
async function started(task: InstanceTask, by: 'order' | 'policy'): Promise<void> {
  const { generation, spec } = task.record.order;
  const { restartNonce } = spec;
  let after: InstanceRecord | undefined;
  await task.remember((now) => {
    const restartCount = restartCountOf(now as InstanceRecord);
    const state =
      by === 'policy'
        ? { ...(now.state ?? {}), restartCount: restartCount + 1 }
        : { restartCount, restartNonce };
    after = { ...now, ...(by === 'order' ? { done: generation } : {}), state } as InstanceRecord;
    return after;
  });
  // It need not be looked at to know that it runs, and since about when.
  task.publish(describe(after, { phase: 'running', startedAt: new Date(task.now()) }));
}

function configOf({ order }: InstanceRecord): InstanceConfig {
  if (!order.spec.config) throw new Error(`order ${order.generation} of ${order.id} has no config`);
  return order.spec.config;
}
