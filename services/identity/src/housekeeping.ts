import { lt, sql } from 'drizzle-orm';
import type { Foundation } from '@thecloud/service-kit';
import { loginAttempts, sessions } from './schema';

const EVERY_MS = 10 * 60_000;

/** Removes sessions and attempt windows that are over. Any replica may, at any time; nothing depends on it. */
export function housekeeping(f: Foundation): () => void {
  const sweep = () =>
    f.db.write('system', async (tx) => {
      await tx.delete(sessions).where(lt(sessions.expiresAt, sql`now()`));
      await tx.delete(loginAttempts).where(lt(loginAttempts.windowEndsAt, sql`now()`));
    });
  const timer = setInterval(() => {
    sweep().catch((err: unknown) => f.log.warn({ err }, 'expired sessions could not be removed yet'));
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
