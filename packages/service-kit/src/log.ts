import pino from 'pino';

export type Logger = pino.Logger;

/** JSON lines on stdout. Fields that may hold a secret are cut out wherever they stand up to two levels deep. */
export function createLogger(o: { service: string; level?: string }): Logger {
  const secret = ['password', 'secret', 'token', 'credential', 'authorization', 'joinToken', 'join_token'];
  return pino({
    level: o.level ?? 'info',
    base: { service: o.service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secret.flatMap((s) => [s, `*.${s}`, `*.*.${s}`]), censor: '[secret]' },
  });
}
