/** An instance's life. A host that loses or restarts one, and a caller who changes his mind, are events too. */
export const TRANSITIONS = {
  provisioning: {
    placed: 'starting',
    ran: 'running',
    stopRequested: 'stopping',
    stopped: 'stopped',
    failed: 'failed',
    deleted: 'deleting',
  },
  starting: {
    ran: 'running',
    stopRequested: 'stopping',
    stopped: 'stopped',
    failed: 'failed',
    deleted: 'deleting',
    displaced: 'provisioning',
  },
  running: {
    restarted: 'starting',
    stopRequested: 'stopping',
    stopped: 'stopped',
    failed: 'failed',
    deleted: 'deleting',
    displaced: 'provisioning',
  },
  stopping: {
    startRequested: 'starting',
    ran: 'running',
    stopped: 'stopped',
    failed: 'failed',
    deleted: 'deleting',
    displaced: 'provisioning',
  },
  stopped: {
    startRequested: 'starting',
    ran: 'running',
    stopRequested: 'stopping',
    failed: 'failed',
    deleted: 'deleting',
    displaced: 'provisioning',
  },
  failed: {
    startRequested: 'starting',
    ran: 'running',
    stopRequested: 'stopping',
    stopped: 'stopped',
    deleted: 'deleting',
    displaced: 'provisioning',
  },
  deleting: { gone: 'deleted' },
  deleted: {},
} as const;

export type InstanceState = keyof typeof TRANSITIONS;

/** May an instance go from one state to the other (or stay)? */
export function allowed(from: InstanceState, to: InstanceState): boolean {
  return from === to || Object.values(TRANSITIONS[from]).some((state) => state === to);
}
