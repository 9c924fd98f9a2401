import { pgSchema } from 'drizzle-orm/pg-core';
import { Placer } from '@thecloud/compute';
import { createLogger, Database, kitTables, PgWorkSource } from '@thecloud/service-kit';
import { answer } from '../processes';
import { WANTS } from './fleet';
import { timed } from './timing';

/** So many instances are worked on at the same time by compute's controller. */
const CONCURRENCY = 64;

interface Question {
  readonly database: { url: string; password: string; ca: string };
  readonly instances: string[];
}

let epoch = 0n;

/** The scheduler as compute runs it: its role, TLS, row-level security, and a leader's term that every commit checks. */
answer<Question>(async ({ database, instances }) => {
  const db = new Database({ ...database, log: createLogger({ service: 'bench', level: 'warn' }) });
  try {
    const tables = kitTables(pgSchema('compute'));
    const work = new PgWorkSource(db, tables, { ring: () => undefined, listen: () => () => true });
    await work.beginTerm('instance', ++epoch);
    const placer = new Placer(db, work, () => Promise.resolve());
    return await timed(instances, CONCURRENCY, async (id) => {
      const placement = await placer.place({ id, ...WANTS, ports: [] }, epoch);
      if (!placement.placed) throw new Error(`${id} was not placed: ${placement.why}`);
    });
  } finally {
    await db.close();
  }
});
