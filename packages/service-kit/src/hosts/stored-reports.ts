import { eq, sql } from 'drizzle-orm';
import type { Database } from '../db/database';
import type { ReportTable } from './report-table';

/** How far each host's reports are stored, in the service's own database: restored with it, and known to every replica. */
export class StoredReports {
  constructor(
    private readonly db: Database,
    private readonly table: ReportTable,
  ) {}

  /** 0: nothing. */
  async of(hostId: string): Promise<bigint> {
    const { hostId: id, sequence } = this.table;
    const rows = await this.db.read('system', (tx) =>
      tx.select({ sequence }).from(this.table).where(eq(id, hostId)),
    );
    return rows[0]?.sequence ?? 0n;
  }

  /** Never set back: two streams of one host may end and begin at the same time. */
  async save(hostId: string, sequence: bigint): Promise<void> {
    await this.db.write('system', (tx) =>
      tx
        .insert(this.table)
        .values({ hostId, sequence })
        .onConflictDoUpdate({
          target: this.table.hostId,
          set: { sequence: sql`greatest(${this.table.sequence}, excluded.sequence)` },
        }),
    );
  }
}
