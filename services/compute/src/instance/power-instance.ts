import type { Decide } from './change-instance';

/** Wish it running. A running or starting one already is; a failed one is tried anew. */
export const start: Decide = (row) => {
  if (row.desired === 'running' && row.state !== 'failed' && row.state !== 'stopped') return 'already so';
  // A program that ended by itself starts again only under another nonce.
  return {
    kind: 'instance.start',
    step: 'start',
    change: { desired: 'running', restartNonce: row.restartNonce + 1 },
    state: 'starting',
  };
};

/** Wish it stopped, with this long between SIGTERM and SIGKILL. */
export const stop =
  (graceSeconds: number): Decide =>
  (row) =>
    row.desired === 'stopped'
      ? 'already so'
      : {
          kind: 'instance.stop',
          step: 'stop',
          change: { desired: 'stopped', graceSeconds },
          state: 'stopping',
        };

/** Stop and start in one wish; a stopped one starts. */
export const restart: Decide = (row) => ({
  kind: 'instance.restart',
  step: 'start',
  change: { desired: 'running', restartNonce: row.restartNonce + 1 },
  state: 'starting',
});

/** Wish it gone. Deleting twice is deleting once. */
export const remove: Decide = (row) =>
  row.desired === 'absent'
    ? 'already so'
    : { kind: 'instance.delete', step: 'remove', change: { desired: 'absent' }, state: 'deleting' };
