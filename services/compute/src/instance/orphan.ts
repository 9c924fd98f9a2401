/** An instance found on a host it is not meant to be on; a key of the instance controller, which alone commands agents. */
export interface Orphan {
  readonly instanceId: string;
  readonly hostId: string;
}

export const orphanKey = (o: Orphan): string => `${o.instanceId}@${o.hostId}`;

/** undefined: the key is an instance's own. */
export function parseOrphan(key: string): Orphan | undefined {
  const [instanceId, hostId] = key.split('@');
  return instanceId && hostId ? { instanceId, hostId } : undefined;
}
