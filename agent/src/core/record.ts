import { ABSENT } from './order';
import type { Order } from './order';
import type { Ref } from './thing';

/** What the journal keeps of one thing. */
export interface ThingRecord<Spec = unknown, State = unknown> {
  readonly order: Order<Spec>;
  /** Generation of the newest order that was carried out; undefined: none yet. */
  readonly done?: number;
  /** What the kind must remember of it. Plain JSON. */
  readonly state?: State;
  /** What it needs, or may still use until its newest order is carried out. */
  readonly uses?: readonly Ref[];
  /**
   * Its owner said that it is not placed here (any more): it must not run here, whatever the order says. An order for
   * it makes a new record.
   */
  readonly notHere?: boolean;
  /** When an absent thing was gone, in ms since 1970: from then on the record only refuses late orders. */
  readonly goneAt?: number;
}

const VERSION = 2;

/** bigint has no JSON: the epoch travels as a string. */
export function recordToJson(record: ThingRecord): string {
  const order = { ...record.order, epoch: String(record.order.epoch) };
  return JSON.stringify({ version: VERSION, ...record, order });
}

/** @throws Error when it is no record of this version */
export function recordFrom(parsed: object): ThingRecord {
  const { version, ...record } = parsed as ThingRecord & { version: number };
  if (version !== VERSION) throw new Error(`unknown journal version ${version}`);
  const { order } = record;
  for (const text of [order.kind, order.id, order.controller, order.desired, order.driver])
    if (typeof text !== 'string') throw new Error('a name is missing');
  if (!order.kind || !order.id) throw new Error('its kind or id is missing');
  if (!Number.isInteger(order.generation)) throw new Error('its generation is missing');
  return { ...record, order: { ...order, epoch: BigInt(order.epoch) } };
}

/** Gone since before `ms`? Such a record only refuses late orders. */
export function isTombstone(record: ThingRecord, ms: number): boolean {
  return record.order.desired === ABSENT && record.goneAt !== undefined && record.goneAt < ms;
}

/** Is it of this host, and to stay? */
export function isHere(record: ThingRecord | undefined): boolean {
  return record !== undefined && record.order.desired !== ABSENT && !record.notHere;
}

/**
 * What is seen belongs to the newest order that was carried out, never to one that only has been journaled: "running"
 * just before a restart that was ordered must not look like its outcome. 0: of no order.
 */
export function generationOf(record: ThingRecord | undefined): number {
  return record ? (record.done ?? record.order.generation) : 0;
}
