/** What went wrong and what to do about it, in words for the person at the terminal. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    message: string,
    readonly advice?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
