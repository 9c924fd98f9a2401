import type { FencePart, Task } from '../../core/kind';
import type { ThingRecord } from '../../core/record';
import type { SeenInstance } from './ports/instance-driver';
import type { InstanceDrivers } from './ports/instance-drivers';
import type { InstanceRecord } from './spec';

/** One instance runs on one host at most. */
export class InstanceFence implements FencePart {
  constructor(private readonly drivers: InstanceDrivers) {}

  isToRun({ order }: ThingRecord): boolean {
    return order.desired === 'running';
  }

  restartsElsewhere(record: ThingRecord): boolean {
    return (record as InstanceRecord).order.spec.config?.onHostLoss !== 'keep';
  }

  /** It did not end by itself: it is started again, whatever its restart policy. */
  killed(record: ThingRecord): ThingRecord {
    const { order, state } = record as InstanceRecord;
    const { restartNonce } = order.spec;
    return { ...record, done: 0, state: { restartCount: 0, ...state, restartNonce } };
  }

  canFence(driver: string): boolean {
    return this.drivers.engine(driver)?.instances.canFence !== false;
  }

  async hold({ record, driver, signal }: Task, seen: SeenInstance | undefined): Promise<void> {
    const { order, notHere } = record as InstanceRecord;
    if (notHere && (seen?.phase === 'running' || seen?.phase === 'paused'))
      await this.drivers.of(driver).instances.stop(order.id, order.spec.graceSeconds * 1000, signal);
  }
}
