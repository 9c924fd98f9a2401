import { errors } from '../errors';
import type { Journal } from './journal';
import { sameWish } from '../kinds/instance/spec';
import type { Order } from '../kinds/instance/spec';

/**
 * Journals an order, or refuses it. Durable before it returns: acting comes after.
 * @returns whether it is news; the same order again is not.
 * @throws CloudError STALE_EPOCH, STALE_GENERATION, GENERATION_REUSED
 */
export async function accept(journal: Journal, order: Order): Promise<boolean> {
  refuseOldEpoch(journal, order);
  await journal.advanceEpoch(order.epoch);
  let news = false;
  await journal.update(order.instanceId, (record) => {
    refuseOldEpoch(journal, order); // a newer leader may have come while this order waited for its turn
    const { generation } = order;
    const seen = record?.order.generation ?? 0;
    if (generation < seen)
      throw errors.STALE_GENERATION({ generation: String(generation), seen: String(seen) });
    if (record && generation === seen) {
      if (!sameWish(record.order, order)) throw errors.GENERATION_REUSED({ generation: String(generation) });
      return record;
    }
    news = true;
    return { order, done: record?.done, restartCount: record?.restartCount ?? 0 };
  });
  return news;
}

function refuseOldEpoch(journal: Journal, order: Order): void {
  if (order.epoch >= journal.epoch) return;
  throw errors.STALE_EPOCH({ epoch: String(order.epoch), seen: String(journal.epoch) });
}
