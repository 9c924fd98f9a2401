type Listener = (step: string) => void;
let listener: Listener | undefined;

/** Functions that a step is named after, nearest first. */
const NAMED_AFTER = 3;

/**
 * Announces a step that a crash may come before or after: "before commit", of what asked for it. Nothing listens unless
 * a crash test has the process started so; then this may not return.
 */
export function passing(step: string, of = ''): void {
  if (listener) listener(of ? `${step}: ${of}` : step);
}

/** One listener a process; undefined ends it. */
export function onPassing(listen: Listener | undefined): void {
  listener = listen;
}

/**
 * The functions that led to a call of `asked`, so that a step which many share is told apart by who takes it, and a new
 * caller is a new step by itself. Empty while nothing listens. Call it before the first await.
 */
export function askedBy(asked: (...args: never[]) => unknown): string {
  if (!listener) return '';
  const at = { stack: '' };
  Error.captureStackTrace(at, asked);
  const ours = at.stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !/node:|node_modules/.test(line));
  return ours.slice(0, NAMED_AFTER).map(nameOf).join(' < ');
}

/** "PgWorkSource.fenced" of a frame that has a name, else its file's. */
function nameOf(frame: string): string {
  const [, named] = /^\s+at (?:async )?(\S+) \(/.exec(frame) ?? [];
  if (named && !named.startsWith('<anonymous>') && !named.startsWith('Object.')) return named;
  const [, file] = /([^/\\]+)\.[jt]s:\d+:\d+\)?$/.exec(frame) ?? [];
  return named?.startsWith('Object.') ? `${file}.${named.slice('Object.'.length)}` : (file ?? 'unknown');
}
