import type { Tx } from './connection';

/**
 * Collects the items that callers ask for in one turn of the event loop in one transaction, and asks for all of them by
 * one statement. `ask` answers one result an item, in the items' order; if it fails, each caller gets the failure.
 */
export function batched<In, Out>(
  ask: (tx: Tx, items: readonly In[]) => Promise<readonly Out[]>,
): (tx: Tx, item: In) => Promise<Out> {
  // A connection has one transaction at a time, so the batches of two transactions cannot mix.
  const open = new WeakMap<Tx, { items: In[]; answers: Promise<readonly Out[]> }>();
  return async (tx, item) => {
    const batch = open.get(tx);
    if (batch) {
      const at = batch.items.push(item) - 1;
      return (await batch.answers)[at] as Out;
    }
    const items = [item];
    const answers = endOfTurn().then(() => {
      open.delete(tx);
      return ask(tx, items);
    });
    open.set(tx, { items, answers });
    return (await answers)[0] as Out;
  };
}

/** Resolves when the microtasks of the current event have run. */
const endOfTurn = () => new Promise<void>((resolve) => queueMicrotask(() => process.nextTick(resolve)));
