import pino from 'pino';

export type Logger = pino.Logger;

/** JSON lines on stdout. Fields that may hold a secret are cut out wherever they stand up to two levels deep. */
export function createLogger(o: { service: string; level?: string }): Logger {
  const options = {
    level: o.level ?? 'info',
    base: { service: o.service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { log: (line: object) => withoutSecrets(line) },
    serializers: { err: (error: Error) => withoutSecrets(pino.stdSerializers.err(error), 1) },
  };
  const logger = pino(options, (stdout ??= perTurn(standardOutput())));
  const { child } = logger;
  // Children have it from here; pino asks no formatter for what they are bound to.
  const cleanChild = function (this: unknown, bindings: object, ...more: unknown[]): unknown {
    return Reflect.apply(child, this, [withoutSecrets(bindings), ...more]);
  };
  return Object.assign(logger, { child: cleanChild as typeof child });
}

/** Of lines that a full disk does not take: they are written when it does again; what is more is lost. */
const MOST_UNWRITTEN_BYTES = 4 << 20;

function standardOutput(): pino.DestinationStream {
  const output = pino.destination({ fd: 1, sync: true, maxLength: MOST_UNWRITTEN_BYTES });
  output.on('error', () => undefined); // a log that cannot be written is no reason to stop serving
  return output;
}

/** One for all loggers of the process. */
let stdout: pino.DestinationStream | undefined;

/** Lines of one turn of the event loop go out in one write, whose cost is that of some ten lines. */
function perTurn(to: pino.DestinationStream): pino.DestinationStream {
  let lines = '';
  const flush = () => {
    if (lines !== '') to.write(lines);
    lines = '';
  };
  process.on('exit', flush);
  return {
    write: (line) => {
      if (lines === '') setImmediate(flush);
      lines += line;
    },
  };
}

const SECRETS = new Set([
  ...['password', 'secret', 'token', 'credential', 'authorization'],
  ...['joinToken', 'join_token'],
]);
const DEEPEST = 2;

/**
 * The very object if there are none. (What pino brings for that copies every line several times to find none: half of
 * what an agent did for a launch.)
 */
function withoutSecrets(line: object, depth = 0): Record<string, unknown> {
  let clean: Record<string, unknown> | undefined;
  for (const [key, value] of Object.entries(line) as [string, unknown][]) {
    if (value === undefined || (key === 'err' && depth === 0)) continue;
    const shown = SECRETS.has(key)
      ? '[secret]'
      : isOpen(value, depth)
        ? withoutSecrets(value, depth + 1)
        : value;
    if (shown === value) continue;
    clean ??= (Array.isArray(line) ? [...line] : { ...line }) as Record<string, unknown>;
    clean[key] = shown;
  }
  return clean ?? (line as Record<string, unknown>);
}

/** Its fields will be written one by one. */
const isOpen = (value: unknown, depth: number): value is object =>
  depth < DEEPEST &&
  typeof value === 'object' &&
  value !== null &&
  !ArrayBuffer.isView(value) &&
  !('toJSON' in value);
