import { and, eq } from 'drizzle-orm';
import type { Database, Peer } from '@thecloud/service-kit';
import { errors } from '../errors';
import { revokedPeers } from './revoked-peer.schema';

/** Processes that get no certificate any more. */
export class RevokedPeers {
  constructor(private readonly db: Database) {}

  async add({ kind, name }: Peer): Promise<void> {
    await this.db.write('system', (tx) =>
      tx.insert(revokedPeers).values({ kind, name }).onConflictDoNothing(),
    );
  }

  /** PERMISSION_DENIED CERTIFICATE_REVOKED: it is one of them. */
  async refuse({ kind, name }: Peer): Promise<void> {
    const revoked = await this.db.read('system', (tx) =>
      tx.$count(revokedPeers, and(eq(revokedPeers.kind, kind), eq(revokedPeers.name, name))),
    );
    if (revoked > 0) throw errors.CERTIFICATE_REVOKED({ name });
  }
}
