/** A resource's life as data: state -> event -> next state. The table is the documentation and the test. */
export type StateTable = Readonly<Record<string, Readonly<Record<string, string>>>>;
export type StateOf<T> = Extract<keyof T, string>;
export type EventOf<T> = { [S in keyof T]: Extract<keyof T[S], string> }[keyof T];

/** `undefined` means "not allowed from here"; the caller chooses the error. */
export function nextState<T extends StateTable>(
  table: T,
  state: StateOf<T>,
  event: EventOf<T>,
): StateOf<T> | undefined {
  return table[state]?.[event] as StateOf<T> | undefined;
}

/** All (from, event, to) of a table, refused pairs included, for its test. */
export function everyPair(table: StateTable): Array<[from: string, event: string, to: string | undefined]> {
  const events = [...new Set(Object.values(table).flatMap((row) => Object.keys(row)))];
  return Object.keys(table).flatMap((from) =>
    events.map((event): [string, string, string | undefined] => [from, event, table[from]?.[event]]),
  );
}
