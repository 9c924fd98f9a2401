import { agentV1 } from '@thecloud/api';
import type { InstanceFacts } from './describe';

/** An engine answers a start this much later than it starts at most, in ms; two starts are further apart, or count. */
const ONE_START_MS = 1_000;

export function encodeFacts({ exitCode, startedAt, restartCount, problemPort }: InstanceFacts): Uint8Array {
  const facts = { exitCode, startedAt, restartCount, problemPort: problemPort ?? 0 };
  return agentV1.InstanceFacts.encode(facts).finish();
}

export function isSameFacts(a: InstanceFacts, b: InstanceFacts): boolean {
  return (
    a.exitCode === b.exitCode &&
    isSameStart(a.startedAt, b.startedAt) &&
    a.restartCount === b.restartCount &&
    a.problemPort === b.problemPort
  );
}

/** When the engine says it started and when it said so to us are one start. */
function isSameStart(a: Date | undefined, b: Date | undefined): boolean {
  return a && b ? Math.abs(a.getTime() - b.getTime()) < ONE_START_MS : a === b;
}
