/** The gRPC codes we use, by name. UNAUTHENTICATED: who are you; PERMISSION_DENIED: never for what may not be known. */
export type Code =
  | 'INVALID_ARGUMENT'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'UNAUTHENTICATED'
  | 'PERMISSION_DENIED'
  | 'FAILED_PRECONDITION'
  | 'ABORTED'
  | 'RESOURCE_EXHAUSTED'
  | 'UNAVAILABLE'
  | 'DEADLINE_EXCEEDED'
  | 'CANCELLED'
  | 'UNIMPLEMENTED'
  | 'INTERNAL';

/** One broken rule of one request field; `field` is the proto path: "spec.ports[0].container_port". */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/** The only error a use case throws on purpose. Anything else is a bug and answers INTERNAL. */
export class CloudError extends Error {
  override readonly name = 'CloudError';
  readonly violations: readonly FieldViolation[];
  /** Seconds after which trying again makes sense; absent where it does not. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: Code,
    /** Whose catalogue the reason stands in: "compute.thecloud". */
    readonly domain: string,
    /** UPPER_SNAKE_CASE, stable, documented in docs/errors.md. */
    readonly reason: string,
    message: string,
    readonly metadata: Readonly<Record<string, string>> = {},
    options: { cause?: unknown; violations?: readonly FieldViolation[]; retryAfterSeconds?: number } = {},
  ) {
    super(message, { cause: options.cause });
    this.violations = options.violations ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** The same error, with what its catalogue cannot know. */
  with(more: { violations?: readonly FieldViolation[]; retryAfterSeconds?: number }): CloudError {
    const { cause, violations, retryAfterSeconds } = this;
    const details = {
      cause,
      violations,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      ...more,
    };
    return new CloudError(this.code, this.domain, this.reason, this.message, this.metadata, details);
  }
}

export interface Entry<M extends Record<string, string>> {
  readonly code: Code;
  /** What happened and what to do about it, for the person reading it. */
  readonly text: (m: M) => string;
  /** The request field at fault, if one is. */
  readonly field?: string;
  readonly retryAfterSeconds?: number;
}

/** One line of a catalogue. `field` turns it into a field violation as well. */
export function entry<M extends Record<string, string> = Record<never, never>>(
  code: Code,
  text: (m: M) => string,
  more: { field?: string; retryAfterSeconds?: number } = {},
): Entry<NoInfer<M>> {
  return { code, text, ...more };
}

// The catalogue is heterogeneous: `never` accepts an entry of any metadata.
type AnyEntry = Entry<never>;
type Thrower<E> = E extends Entry<infer M> ? (metadata: M, cause?: unknown) => CloudError : never;
export type ErrorCatalogue<T> = { readonly [K in keyof T]: Thrower<T[K]> };

/** What docs/errors.md is generated from, and what the coverage test reads. */
export interface CatalogueLine {
  readonly domain: string;
  readonly reason: string;
  readonly code: Code;
  readonly example: string;
}
const lines: CatalogueLine[] = [];

/** Every reason of every catalogue that has been loaded. */
export function catalogueLines(): readonly CatalogueLine[] {
  return lines;
}

/** One catalogue a service: the list is the documentation of what can go wrong. */
export function errorCatalogue<T extends Record<string, AnyEntry>>(
  domain: string,
  entries: T,
): ErrorCatalogue<T> {
  const throwers = Object.entries(entries).map(([reason, e]) => {
    const text = e.text as (m: Record<string, string>) => string;
    lines.push({ domain, reason, code: e.code, example: text(placeholders) });
    const thrower = (metadata: Record<string, string>, cause?: unknown) => {
      const message = text(metadata);
      const violations = e.field ? [{ field: e.field, description: message }] : [];
      return new CloudError(e.code, domain, reason, message, metadata, {
        cause,
        violations,
        retryAfterSeconds: e.retryAfterSeconds,
      });
    };
    return [reason, thrower];
  });
  return Object.fromEntries(throwers) as ErrorCatalogue<T>;
}

/** Stands for any metadata: `{name}` for key `name`, so that an example can be printed. */
const placeholders = new Proxy({} as Record<string, string>, { get: (_, key) => `{${String(key)}}` });
