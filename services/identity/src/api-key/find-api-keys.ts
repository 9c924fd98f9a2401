import { and, desc, eq, gt, isNull, lt, lte, or, sql } from 'drizzle-orm';
import { named } from '@thecloud/service-kit';
import type { Database, NameFilter, Page } from '@thecloud/service-kit';
import type { Role } from '../role/role';
import { apiKeys } from '../schema';
import type { ApiKey } from './create-api-key';

export interface ApiKeyFilter extends NameFilter {
  readonly id?: string;
  readonly role?: string;
  /** active or expired. */
  readonly state?: string;
}

/** A project's keys that are not revoked, newest first; one more than the page has. */
export function findApiKeys(
  db: Database,
  projectId: string,
  page: Page,
  { id, role, state, ...names }: ApiKeyFilter,
): Promise<ApiKey[]> {
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
          ...named(apiKeys, names),
          role ? eq(apiKeys.role, role as Role) : undefined,
          state === 'active' ? or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, sql`now()`)) : undefined,
          state === 'expired' ? lte(apiKeys.expiresAt, sql`now()`) : undefined,
        ),
      )
      .orderBy(desc(apiKeys.id))
      .limit(page.size + 1),
  );
}
