import { TypeID, typeid } from 'typeid-js';

/** Prefixes of all typed ids. A prefix names one kind for good. */
export const idPrefixes = {
  user: 'usr',
  session: 'ses',
  project: 'prj',
  apiKey: 'key',
  host: 'host',
  image: 'img',
  instance: 'ins',
  sshKey: 'ssh',
  operation: 'op',
  event: 'evt',
} as const;

export type IdKind = keyof typeof idPrefixes;
/** "ins_01j…": sortable by time of making, never reused. */
export type Id<K extends IdKind> = `${(typeof idPrefixes)[K]}_${string}`;

export function newId<K extends IdKind>(kind: K): Id<K> {
  return typeid(idPrefixes[kind]).toString() as Id<K>;
}

/** Is this well formed and of that kind? (Says nothing about whether it exists.) */
export function isId<K extends IdKind>(kind: K, text: string): text is Id<K> {
  try {
    return TypeID.fromString(text, idPrefixes[kind]).getType() === idPrefixes[kind];
  } catch {
    return false; // malformed text is what we are asked about
  }
}

/** When an id was made, to the millisecond, by the clock of who made it; anything up to the year 10889 if nobody did. */
export function timeOfId(id: string): Date {
  return new Date(Buffer.from(TypeID.fromString(id).toUUIDBytes()).readUIntBE(0, 6));
}
