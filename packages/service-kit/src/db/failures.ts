/** Class 08 (connection), 57P0x (shutdown), 53300 (too many connections), an error of the socket itself, or no answer in time. */
export function isConnectionLoss(cause: unknown): boolean {
  for (let e = cause; e instanceof Error; e = e.cause) {
    const code = (e as { code?: unknown }).code;
    if (typeof code === 'string' && /^(08|57P0|53300|ECONN|EPIPE|ETIMEDOUT|ENOENT|ENOTFOUND)/.test(code))
      return true;
    if (/Connection terminated|not queryable|connection error|Query read timeout/i.test(e.message))
      return true;
  }
  return false;
}

/** An earlier statement of the same transaction failed, so this one was not even tried. */
export const isBystander = (cause: unknown): boolean => hasCode(cause, '25P02');

/** The project is being deleted: see DatabaseOptions.enterProject. */
export const isClosedProject = (cause: unknown): boolean => hasCode(cause, 'TC001');

/** The constraint whose unique violation this is, if it is one. Drizzle wraps the driver's error as its cause. */
export function violatedUnique(cause: unknown): string | undefined {
  for (let e = cause; e instanceof Error; e = e.cause) {
    const { code, constraint } = e as { code?: string; constraint?: string };
    if (code === '23505') return constraint ?? '';
  }
  return undefined;
}

function hasCode(cause: unknown, code: string): boolean {
  for (let e = cause; e instanceof Error; e = e.cause)
    if ((e as { code?: unknown }).code === code) return true;
  return false;
}
