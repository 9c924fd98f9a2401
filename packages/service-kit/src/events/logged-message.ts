import type { PublishedEvent } from './published-event';
import { ownerOf } from './subject';

/** One event where it stands in the stream. */
export interface LoggedEvent {
  /** Of its message. */
  readonly place: number;
  readonly event: PublishedEvent;
  /** Its share of the message, in bytes. */
  readonly bytes: number;
}

/** Events of a project, or of the platform, that were committed together: one message of the stream. */
export class LoggedMessage {
  #events: readonly LoggedEvent[] | undefined;

  constructor(
    private readonly message: {
      readonly seq: number;
      readonly subject: string;
      readonly data: Uint8Array;
      string(): string;
    },
  ) {}

  /** What comes later has a higher one. */
  get place(): number {
    return this.message.seq;
  }

  get owner(): string | undefined {
    return ownerOf(this.message.subject);
  }

  /** In the order in which they happened. Read when somebody asks: most readers are of other projects. */
  get events(): readonly LoggedEvent[] {
    return (this.#events ??= this.#read());
  }

  #read(): readonly LoggedEvent[] {
    const { place } = this;
    const events = parsed(this.message.string());
    const bytes = Math.ceil(this.message.data.length / (events.length || 1));
    return events.map((event) => ({ place, event, bytes }));
  }
}

/** One that is no list was published by itself, as all once were. What is no event was published by no relay. */
function parsed(body: string): readonly PublishedEvent[] {
  try {
    const said: unknown = JSON.parse(body);
    return (Array.isArray(said) ? said : [said]).filter(isEvent);
  } catch {
    return [];
  }
}

/** As far as its readers go by it. */
function isEvent(said: unknown): said is PublishedEvent {
  if (typeof said !== 'object' || said === null) return false;
  const { id, type, subject } = said as Partial<Record<'id' | 'type' | 'subject', unknown>>;
  return [id, type, subject].every((text) => typeof text === 'string');
}
