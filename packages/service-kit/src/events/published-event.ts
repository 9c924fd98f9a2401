import type { EventType } from '@thecloud/kernel';

/** A CloudEvent as the outbox keeps it and the stream has it: in the format of cloudevents.io, 1.0, in JSON. */
export interface PublishedEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: EventType;
  /** Id of the resource. */
  readonly subject: string;
  /** RFC 3339. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Empty: it belongs to no project. */
  readonly projectid: string;
  readonly data: Readonly<Record<string, unknown>>;
}
