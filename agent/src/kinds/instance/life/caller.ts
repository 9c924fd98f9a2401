/** A stream's caller: it learns when it has been accepted, and its leaving ends the stream. */
export interface Caller {
  readonly signal: AbortSignal;
  accept(): void;
}
