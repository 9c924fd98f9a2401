import { and, desc, eq, isNull, lt } from 'drizzle-orm';
import type { Database, Page } from '@thecloud/service-kit';
import { apiKeys } from '../schema';
import type { ApiKey } from './create-api-key';

/** A project's keys that are not revoked, newest first; one more than the page has. */
export function findApiKeys(db: Database, projectId: string, page: Page, id?: string): Promise<ApiKey[]> {
  return db.read({ projectId }, (tx) =>
    tx
      .select()
      .from(apiKeys)
      .where(
        and(
          eq(apiKeys.projectId, projectId),
          isNull(apiKeys.revokedAt),
          page.after ? lt(apiKeys.id, page.after) : undefined,
          id ? eq(apiKeys.id, id) : undefined,
        ),
      )
      .orderBy(desc(apiKeys.id))
      .limit(page.size + 1),
  );
}
