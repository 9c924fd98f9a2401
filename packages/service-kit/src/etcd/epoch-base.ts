import type { Etcd3 } from 'etcd3';

const KEY = 'thecloud/epoch-base';
/** More than an etcd counts between a backup and its restore. */
const LEAP = 2n ** 32n;

/**
 * What is added to an election's revision to make its epoch. Revisions start anew with a new etcd; epochs must not, or
 * the database and the agents would take every new leader for a stale one.
 */
export async function epochBase(etcd: Etcd3): Promise<bigint> {
  return BigInt((await etcd.get(KEY).string()) ?? 0);
}

/**
 * For whoever sets an installation up, before its services start: gives an etcd that is new a base above `newest`, the
 * newest epoch that the database remembers (0: none). One that has a base keeps it.
 */
export async function settleEpochBase(etcd: Etcd3, newest: bigint): Promise<void> {
  const base = newest === 0n ? 0n : newest + LEAP;
  await etcd
    .if(KEY, 'Create', '==', 0)
    .then(etcd.put(KEY).value(String(base)))
    .commit();
}
