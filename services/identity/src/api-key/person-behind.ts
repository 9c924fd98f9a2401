import { eq } from 'drizzle-orm';
import type { Principal, Tx } from '@thecloud/service-kit';
import { apiKeys } from '../schema';

/** The id of the user who acts, by a session or by an API key. */
export async function personBehind(tx: Tx, { kind, subject }: Principal): Promise<string> {
  if (kind === 'user') return subject;
  const [key] = await tx.select({ userId: apiKeys.userId }).from(apiKeys).where(eq(apiKeys.id, subject));
  return key?.userId ?? subject;
}
