/** What stands in a host's `status.reason` when it is not as it should be, and what its administrator does about it. */
export const HOST_REASONS = {
  SILENT: {
    says: 'No beat of its agent has arrived for a while. Whether its instances run is not known.',
    advice:
      'Look at the host, its network and its agent. If it stays silent, it is given up at the fence deadline.',
  },
  EVACUATION_STOPPED: {
    says: 'More than half of the hosts are silent at once, so that the fault may be ours. Nothing is moved.',
    advice: 'Look at the network and the control plane. It goes on when at least half of the hosts answer.',
  },
  NOT_KNOWN: {
    says: 'Its agent has not been heard, and nobody can judge whether it lives: no leader, or an etcd that is away.',
    advice: 'Look at etcd and the control plane. Nothing is moved meanwhile.',
  },
  LOST: {
    says: 'It was silent past the fence deadline and is given up. What may restart elsewhere does.',
    advice: 'Bring it back: it then takes up what is still its own.',
  },
} as const;

export type HostReason = keyof typeof HOST_REASONS;
