import { errors } from '../errors';
import type { Journal } from './journal';
import type { Kind } from './kind';
import type { Order } from './order';
import type { ThingRecord } from './record';
import { keyOf } from './thing';
import type { Ref } from './thing';

/**
 * Journals an order, or refuses it. Durable before it returns: acting comes after.
 * @returns whether it is news; the same order again is not.
 * @throws CloudError STALE_EPOCH, STALE_GENERATION, GENERATION_REUSED
 */
export async function accept(journal: Journal, kind: Kind, order: Order): Promise<boolean> {
  refuseOldEpoch(journal, order);
  await journal.advanceEpoch(order.controller, order.epoch);
  let news = false;
  await journal.update(order, (record) => {
    refuseOldEpoch(journal, order); // a newer leader may have come while this order waited for its turn
    const { generation } = order;
    const seen = record?.order.generation ?? 0;
    if (generation < seen)
      throw errors.STALE_GENERATION({ generation: String(generation), seen: String(seen) });
    if (record && generation === seen) {
      if (!isSameWish(kind, record.order, order))
        throw errors.GENERATION_REUSED({ generation: String(generation) });
      return record;
    }
    news = true;
    return { order, ...kept(record), ...usesOf(kind, record, order) };
  });
  return news;
}

const kept = (record: ThingRecord | undefined) => ({
  ...(record?.done === undefined ? {} : { done: record.done }),
  ...(record?.state === undefined ? {} : { state: record.state }),
});

/** Until this order is carried out, the thing may still use what an earlier one named. */
function usesOf(kind: Kind, record: ThingRecord | undefined, order: Order): { uses?: readonly Ref[] } {
  const all = [...(record?.uses ?? []), ...kind.prerequisites(order.spec)];
  const uses = [...new Map(all.map((ref) => [keyOf(ref), ref])).values()];
  return uses.length > 0 ? { uses } : {};
}

function refuseOldEpoch(journal: Journal, order: Order): void {
  const seen = journal.epoch(order.controller);
  if (order.epoch >= seen) return;
  throw errors.STALE_EPOCH({ epoch: String(order.epoch), seen: String(seen) });
}

/** Do two orders of one generation ask for the same? (The leader may have changed, the wish may not.) */
function isSameWish(kind: Kind, a: Order, b: Order): boolean {
  return a.desired === b.desired && kind.isSameSpec(a.spec, b.spec);
}
