import { bigint, index, text } from 'drizzle-orm/pg-core';
import { tenantPolicy, time } from '@thecloud/service-kit';
import { compute } from '../kit.schema';

/** Images that were deleted, and whose bytes may still be on the registry's disk: they count until they are not. */
export const deletedImage = compute.table(
  'deleted_image',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id').notNull(),
    personId: text('person_id').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'bigint' }).notNull(),
    deletedAt: time('deleted_at').notNull().defaultNow(),
  },
  (t) => [
    index('deleted_image_of_project').on(t.projectId),
    index('deleted_image_of_person').on(t.personId),
    tenantPolicy(),
  ],
);
