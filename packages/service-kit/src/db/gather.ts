import type { Tx } from './connection';

/**
 * Asks by one statement what is asked for in the same turn by those who share a transaction. `ask` answers one result an
 * item, in the items' order; if it fails, it has failed for all of them.
 */
export function batched<In, Out>(
  ask: (tx: Tx, items: readonly In[]) => Promise<readonly Out[]>,
): (tx: Tx, item: In) => Promise<Out> {
  // By connection: none of its transactions begins while another's asks.
  const open = new WeakMap<Tx, { items: In[]; answers: Promise<readonly Out[]> }>();
  return async (tx, item) => {
    const gathering = open.get(tx);
    if (gathering) {
      const at = gathering.items.push(item) - 1;
      return (await gathering.answers)[at] as Out;
    }
    const items = [item];
    const answers = allSaid().then(() => {
      open.delete(tx);
      return ask(tx, items);
    });
    open.set(tx, { items, answers });
    return (await answers)[0] as Out;
  };
}

/** When everything has run that the present event set going: all its microtasks. */
const allSaid = () => new Promise<void>((resolve) => queueMicrotask(() => process.nextTick(resolve)));
