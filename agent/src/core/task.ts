import type { Kind, Task } from './kind';
import { FAILED } from './phases';
import type { ReconcilerDeps } from './reconciler.deps';
import { generationOf } from './record';
import type { ThingRecord } from './record';

type Deps = Pick<ReconcilerDeps, 'journal' | 'observations' | 'now' | 'log'>;

/** What carrying out one record's order may use. */
export function taskOf(d: Deps, kind: Kind, record: ThingRecord, driver: string, signal: AbortSignal): Task {
  const { order } = record;
  const ref = { kind: order.kind, id: order.id };
  return {
    ...{ record, driver, signal, log: d.log },
    get told() {
      return d.observations.get(ref);
    },
    /** While an order keeps failing, "failed" stays what is told: attempts are not news. */
    tell(phase, progress) {
      const told = d.observations.get(ref);
      const { generation } = order;
      if (told?.phase === FAILED && told.generation === generation) return;
      const { facts } = kind.describe(record, undefined);
      const fine = { problemReason: '', problemMessage: '' };
      d.observations.publish({ ...ref, generation, driver, phase, progress, ...fine, facts });
    },
    publish(description) {
      const generation = generationOf(d.journal.get(ref));
      d.observations.publish({ ...ref, generation, driver, progress: '', ...description });
    },
    remember: (change) => d.journal.update(ref, (now) => now && change(now)),
    now: () => d.now(),
  };
}
