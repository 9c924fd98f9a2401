import pino from 'pino';

export type Logger = pino.Logger;

/** JSON lines on stdout. Fields that may hold a secret are cut out wherever they stand up to two levels deep. */
export function createLogger(o: { service: string; level?: string }): Logger {
  const secret = ['password', 'secret', 'token', 'credential', 'authorization', 'joinToken', 'join_token'];
  const options = {
    level: o.level ?? 'info',
    base: { service: o.service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secret.flatMap((s) => [s, `*.${s}`, `*.*.${s}`]), censor: '[secret]' },
  };
  return pino(options, (stdout ??= perTurn(pino.destination({ fd: 1, sync: false }))));
}

/** One for all loggers of the process. */
let stdout: pino.DestinationStream | undefined;

/** Lines of one turn of the event loop go out in one write, whose cost is that of some ten lines. */
function perTurn(to: ReturnType<typeof pino.destination>): pino.DestinationStream {
  let lines = '';
  const flush = () => {
    to.write(lines);
    lines = '';
  };
  process.on('exit', () => {
    flush();
    to.flushSync();
  });
  return {
    write: (line) => {
      if (lines === '') setImmediate(flush);
      lines += line;
    },
  };
}
