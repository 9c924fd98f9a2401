import { text } from 'drizzle-orm/pg-core';
import { time } from '@thecloud/service-kit';
import { compute } from '../kit.schema';

/** A host that was removed. Its agent may still run and show its certificate: it is refused. */
export const removedHost = compute.table('removed_host', {
  id: text('id').primaryKey(),
  removedAt: time('removed_at').notNull().defaultNow(),
  /** When identity was told, so that the certificate is not renewed. */
  revokedAt: time('revoked_at'),
});
