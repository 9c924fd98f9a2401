import { identityV1 } from '@thecloud/api';
import { followEvents, implement, principalOf, projectOf } from '@thecloud/service-kit';
import type { EventLog, PublishedEvent } from '@thecloud/service-kit';
import { errors } from '../errors';

/** Handlers of EventService: the durable event stream, cut to what the caller may see. */
export function eventRpc(log: EventLog) {
  return implement<identityV1.EventServiceServer>(identityV1.EventServiceService, {
    watchEvents: async function* (ctx, { after, type: types, subject }) {
      const wanted = (event: PublishedEvent) =>
        (types.length === 0 || types.some((prefix) => event.type.startsWith(prefix))) &&
        (!subject || event.subject === subject);
      const events = followEvents(log, {
        projectId: projectOf(ctx),
        platform: principalOf(ctx).platformAdmin,
        after,
        accepted: ctx.accept,
        signal: ctx.signal,
        refusals: {
          expired: () => errors.EVENTS_EXPIRED({ after: after || 'you have seen last' }),
          tooSlow: () => errors.EVENTS_TOO_SLOW({}),
        },
      });
      for await (const event of events) if (wanted(event)) yield { ...event, time: new Date(event.time) };
    },
  });
}
