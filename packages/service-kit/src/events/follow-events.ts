import { timeOfId } from '@thecloud/kernel';
import type { EventLog } from './event-log';
import { EventInbox } from './event-inbox';
import type { Refusals } from './event-inbox';
import type { LoggedMessage } from './logged-message';
import type { PublishedEvent } from './published-event';
import { PLATFORM } from './subject';

export interface FollowOptions {
  /** Of the reader: he sees its events. */
  readonly projectId: string;
  /** He sees the installation's own events, too. */
  readonly platform: boolean;
  /** Id of the last event the reader has seen; empty: from now on. */
  readonly after: string;
  /** Called when nothing can be missed any more and what can be refused has been. */
  readonly accepted: () => void;
  readonly signal: AbortSignal;
  readonly refusals: Refusals;
}

/** The clocks of who makes an event and of the stream may differ by this much. */
export const CLOCK_SLACK_MS = 60_000;
/** How many ids of what a reader got are remembered, to drop repetitions. */
const REMEMBERED = 4_096;

/**
 * Events in the stream's order: those after `after`, then what comes; none left out, none twice. `after` is found by its
 * id, which says when it was made: it was published then or later. A reader who does not keep up is cut off; while he
 * catches up with the stream, it is the stream that waits for him.
 */
export async function* followEvents(log: EventLog, o: FollowOptions): AsyncGenerator<PublishedEvent> {
  const sees = ({ owner }: LoggedMessage) => owner === o.projectId || (o.platform && owner === PLATFORM);
  const inbox = new EventInbox(sees, o);
  const leave = await log.follow(inbox); // listen first, then look back: nothing falls between
  const seen = new Recent();
  try {
    let place = 0;
    if (o.after) {
      const subject = o.platform ? 'events.>' : `events.${o.projectId}.>`;
      const made = timeOfId(o.after).getTime();
      if (made > Date.now() + CLOCK_SLACK_MS) throw o.refusals.expired(); // nobody has made it
      const since = new Date(Math.max(0, made - CLOCK_SLACK_MS));
      let found = 0;
      for await (const message of log.read({ time: since }, subject)) {
        place = message.place;
        for (const { event } of sees(message) ? message.events : []) {
          if (!seen.add(event.id)) continue;
          if (found) yield event;
          if (event.id !== o.after) continue;
          found = place;
          o.accepted();
        }
      }
      if (!found) throw o.refusals.expired();
      while (inbox.overflown && !o.signal.aborted) {
        inbox.restart(); // more came meanwhile than may wait, but it is in the stream, too
        for await (const message of log.read({ place: place + 1 }, subject)) {
          place = message.place;
          for (const { event } of sees(message) ? message.events : []) if (seen.add(event.id)) yield event;
        }
      }
      if ((await log.firstPlace()) > found + 1) throw o.refusals.expired();
    } else o.accepted();

    while (!o.signal.aborted) {
      const next = inbox.next();
      if (!next) await inbox.more();
      else if (next.place > place && seen.add(next.event.id)) yield next.event;
    }
  } finally {
    leave();
    inbox.close();
  }
}

/** The newest ids of a sequence. */
class Recent {
  readonly #ids = new Set<string>();

  /** True if it is not among them; it is now. */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > REMEMBERED) for (const oldest of this.#ids) return this.#ids.delete(oldest);
    return true;
  }
}
