/** One thing on a host: an instance, a volume. Ids are unique within a kind. */
export interface Ref {
  readonly kind: string;
  readonly id: string;
}

/** Names it in maps and queues. A kind's name has no slash. */
export const keyOf = ({ kind, id }: Ref): string => `${kind}/${id}`;

export function refOf(key: string): Ref {
  const slash = key.indexOf('/');
  return { kind: key.slice(0, slash), id: key.slice(slash + 1) };
}
