import { getSystemErrorMap } from 'node:util';

// What was thrown may be anything, and an Error of another realm (node's own under a test runner) is no
// `instanceof Error` of this one: these look at what it has, not at what it is.

interface ErrorLike {
  name?: unknown;
  message?: unknown;
  code?: unknown;
  cause?: unknown;
  errno?: unknown;
  syscall?: unknown;
}

const like = (thrown: unknown): ErrorLike => (typeof thrown === 'object' && thrown !== null ? thrown : {});
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

/** The system's code, "ENOENT". */
export const codeOf = (thrown: unknown) => text(like(thrown).code);
export const nameOf = (thrown: unknown) => text(like(thrown).name);
export const messageOf = (thrown: unknown): string =>
  ofTheSystem(like(thrown)) ??
  text(like(thrown).message) ??
  codeOf(thrown) ??
  nameOf(thrown) ??
  String(thrown);

/** "no such file or directory" rather than node's "ENOENT: no such file or directory, stat 'x'". */
const ofTheSystem = ({ errno, syscall }: ErrorLike) =>
  typeof errno === 'number' && text(syscall) ? getSystemErrorMap().get(errno)?.[1] : undefined;

export const causeOf = (thrown: unknown): unknown => like(thrown).cause;
