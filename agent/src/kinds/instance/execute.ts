import { DriverError } from '../../core/driver-error';
import { describe } from './describe';
import { specOf } from './spec';
import type { InstanceConfig } from './spec';
import type { Phase } from '../../core/observations';
import type { Action } from './plan';
import type { Memory, ReconcilerDeps } from '../../core/reconciler.deps';
import type { InstanceRecord } from '../../core/record';

/** Carries out one action, and journals what must be remembered of it. Idempotent, as the driver's methods are. */
export async function execute(
  d: ReconcilerDeps,
  action: Action,
  record: InstanceRecord,
  memory: Memory,
  signal: AbortSignal,
): Promise<void> {
  const { order } = record;
  const id = order.instanceId;
  switch (action.do) {
    case 'pull':
      return pull(d, record, signal);
    case 'create':
      return create(d, record, signal);
    case 'start':
      await d.driver.start(id, signal);
      memory.restarts.started(d.now());
      d.log.info({ instance: id, generation: order.generation, by: action.by }, 'instance started');
      return started(d, record, action.by);
    case 'stop':
      return stop(d, record, signal);
    case 'remove':
      return d.driver.remove(id);
  }
}

/** What is to be gone is removed all the same: removing kills, too. */
async function stop(d: ReconcilerDeps, { order }: InstanceRecord, signal: AbortSignal): Promise<void> {
  try {
    await d.driver.stop(order.instanceId, order.graceSeconds * 1000, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (order.desired !== 'absent' || !(error instanceof DriverError)) throw error;
    d.log.warn({ instance: order.instanceId, err: error }, 'it could not be stopped; it is removed');
  }
}

function pull(d: ReconcilerDeps, record: InstanceRecord, signal: AbortSignal): Promise<void> {
  return d.images.ensure(configOf(record).image, (progress) => tell(d, record, 'pulling', progress), signal);
}

/** Most images are there already: it is the engine that knows, and says so when it is asked to use one. */
async function create(d: ReconcilerDeps, record: InstanceRecord, signal: AbortSignal): Promise<void> {
  const spec = specOf(record.order, configOf(record));
  const made = async () => {
    // That it is about to be made, whoever ordered it knows: news only to those who were told something else.
    if (d.observations.get(spec.id)) tell(d, record, 'creating', '');
    await d.driver.create(spec, signal);
  };
  const absent = (error: unknown) => error instanceof DriverError && error.reason === 'IMAGE_ABSENT';
  try {
    return await made();
  } catch (error) {
    if (!absent(error)) throw error;
  }
  await pull(d, record, signal);
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
async function started(d: ReconcilerDeps, record: InstanceRecord, by: 'order' | 'policy'): Promise<void> {
  const { generation, restartNonce } = record.order;
  await d.journal.update(record.order.instanceId, (now) => {
    if (!now) return now;
    if (by === 'policy') return { ...now, restartCount: now.restartCount + 1 };
    return { ...now, done: { generation, restartNonce } };
  });
  // It need not be looked at to know that it runs, and since about when.
  const startedAt = new Date(d.now());
  const { instanceId } = record.order;
  d.observations.publish(describe(instanceId, d.journal.get(instanceId), { phase: 'running', startedAt }));
}

/** While an order keeps failing, "failed" stays what is told: attempts are not news. */
function tell(d: ReconcilerDeps, record: InstanceRecord, phase: Phase, progress: string): void {
  const { instanceId, generation } = record.order;
  const known = d.observations.get(instanceId);
  if (known?.phase === 'failed' && known.generation === generation) return;
  const { restartCount } = record;
  d.observations.publish({
    instanceId,
    generation,
    phase,
    progress,
    restartCount,
    exitCode: 0,
    problemReason: '',
    problemMessage: '',
  });
}

function configOf(record: InstanceRecord): InstanceConfig {
  if (!record.order.config)
    throw new Error(`order ${record.order.generation} of ${record.order.instanceId} has no config`);
  return record.order.config;
}
