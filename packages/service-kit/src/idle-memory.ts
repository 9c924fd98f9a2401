import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const LOOK_EVERY_MS = 10_000;
/** Of one core: more is no idleness. */
const QUIET = 0.03;
/** Looks that find nothing going on: a collection takes a tenth of a second, so whoever paused a moment is not to pay it. */
const QUIET_LOOKS = 3;

/**
 * Gives memory back once in every quiet period: V8 keeps room for as many objects as came and went when there was much
 * to do (starting is that), and without work it never looks at them again.
 */
export function returnMemoryWhenIdle(lookEveryMs = LOOK_EVERY_MS): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let before = process.cpuUsage();
  let quiet = 0;
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    quiet = (user + system) / 1_000 < lookEveryMs * QUIET ? quiet + 1 : 0;
    if (quiet === QUIET_LOOKS) collect();
    before = process.cpuUsage();
  }, lookEveryMs);
  timer.unref();
}
