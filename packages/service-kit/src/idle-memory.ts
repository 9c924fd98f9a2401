import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const LOOK_EVERY_MS = 10_000;
/** Of one core: more is no idleness. */
const QUIET = 0.05;

/**
 * Gives memory back once in every quiet period: V8 keeps room for as many objects as came and went when there was much
 * to do (starting is that), and without work it never looks at them again. Takes about as long as one collection anyway.
 */
export function returnMemoryWhenIdle(lookEveryMs = LOOK_EVERY_MS): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let before = process.cpuUsage();
  let done = false;
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    const quiet = (user + system) / 1_000 < lookEveryMs * QUIET;
    if (quiet && !done) collect();
    done = quiet;
    before = process.cpuUsage();
  }, lookEveryMs);
  timer.unref();
}
