import type Docker from 'dockerode';

import { setTimeout as sleep } from 'node:timers/promises';
import type { OnChange } from '../../../../core/driver';
import { lines } from '../lines';
import { labels } from './container';

const EVENTS = ['create', 'start', 'die', 'oom', 'pause', 'unpause', 'destroy', 'rename'];
const RECONNECT_MS = { first: 100, most: 1_000 };

/**
 * Follows Docker's event stream until the signal fires. Whatever happened while there was no stream is unknown, so
 * every new stream begins with `onChange()`.
 */
export async function followEvents(
  docker: Docker,
  hostId: string,
  onChange: OnChange,
  signal: AbortSignal,
): Promise<void> {
  let wait = RECONNECT_MS.first;
  while (!signal.aborted) {
    try {
      const filters = JSON.stringify({
        type: ['container'],
        event: EVENTS,
        label: [`${labels.hostId}=${hostId}`],
      });
      const stream = await docker.getEvents({ filters, abortSignal: signal });
      onChange();
      wait = RECONNECT_MS.first;
      for await (const line of lines(stream)) {
        if (signal.aborted) return;
        onChange(instanceOf(line));
      }
    } catch {
      // Docker is away or going down: the agent's beat tells so (probe), here we only come back
    }
    await sleep(wait * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined); // ends early when aborted
    wait = Math.min(wait * 2, RECONNECT_MS.most);
  }
}

/** An event we cannot read may be about anything: undefined. */
function instanceOf(line: string): string | undefined {
  try {
    const event = JSON.parse(line) as { Actor?: { Attributes?: Record<string, string> } };
    return event.Actor?.Attributes?.[labels.instanceId];
  } catch {
    return undefined; // half a line at the end of a stream
  }
}
