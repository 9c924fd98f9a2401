/** What an error says that the driver or a socket made. */
interface Failure {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly constraint?: string;
  readonly cause?: unknown;
}

/** An error and what caused it: Drizzle wraps the driver's, which may wrap the socket's. */
function chain(error: unknown): Failure[] {
  const failures: Failure[] = [];
  for (let e = error; typeof e === 'object' && e !== null; e = (e as Failure).cause)
    failures.push(e as Failure);
  return failures;
}
const has = (error: unknown, is: (failure: Failure) => boolean) => chain(error).some(is);

/** Class 08 (connection), 57P0x (shutdown), 53300 (too many connections), an error of the socket, or no answer in time. */
export const isConnectionLoss = (error: unknown): boolean =>
  has(
    error,
    ({ code, message }) =>
      /^(08|57P0|53300|ECONN|EPIPE|ETIMEDOUT|ENOENT|ENOTFOUND)/.test(String(code)) ||
      /Connection terminated|not queryable|connection error|Query read timeout/i.test(String(message)),
  );

/** An earlier statement of the same transaction failed, so this one was not even tried. */
export const isBystander = (error: unknown): boolean => has(error, ({ code }) => code === '25P02');

/** The project is being deleted: see DatabaseOptions.enterProject. */
export const isClosedProject = (error: unknown): boolean => has(error, ({ code }) => code === 'TC001');

/** The constraint whose unique violation this is, if it is one. */
export function violatedUnique(error: unknown): string | undefined {
  const violation = chain(error).find(({ code }) => code === '23505');
  return violation && (violation.constraint ?? '');
}
