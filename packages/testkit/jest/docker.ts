import type { Engine } from '../../engines/src';

/** The Docker Engine of this run. Jest loads its setup and teardown apart, but in one process. */
const kept = globalThis as { thecloudTestDocker?: Engine };

export function keepDocker(engine: Engine): void {
  kept.thecloudTestDocker = engine;
}

export function keptDocker(): Engine | undefined {
  return kept.thecloudTestDocker;
}
