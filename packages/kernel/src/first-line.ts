/**
 * What our own code says of a failure. Messages quote a program's output only after a line break; events, which every
 * role reads, do not carry it.
 */
export const firstLineOf = (message: string): string => message.split('\n', 1)[0] ?? '';
