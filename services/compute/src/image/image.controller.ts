import { CloudError } from '@thecloud/kernel';
import { settled } from '@thecloud/reconcile';
import type { Outcome, Reconciler, Term } from '@thecloud/reconcile';
import type { Database, Operations, PgWorkSource, Tx } from '@thecloud/service-kit';
import { imageRepo } from './image.repo';
import type { ImageRow } from './image.schema';
import type { Registry } from './registry';

export interface ImageControllerDeps {
  readonly db: Database;
  readonly work: PgWorkSource;
  readonly operations: Operations;
  readonly registry: Registry;
  readonly changed: (tx: Tx, row: ImageRow, state?: string) => void;
}

const ADVICE =
  'Check the reference and that the registry can be reached from here, then import the image again under a new name or after deleting this one.';

/** Copies images in, and out of the way. */
export class ImageController implements Reconciler {
  readonly name = 'image';
  readonly resyncMs = 3_600_000;
  readonly deadlineMs = 11 * 60_000;
  readonly concurrency = 2;

  constructor(private readonly d: ImageControllerDeps) {}

  async reconcile(id: string, term: Term): Promise<Outcome> {
    const row = await this.d.db.read('system', (tx) => imageRepo.find(tx, id));
    if (row?.state === 'importing') await this.#import(row, term);
    if (row?.state === 'deleting') await this.#remove(row, term);
    if (!row) await this.d.work.fenced(this.name, term.epoch, (tx) => this.d.work.forget(tx, this.name, id));
    return settled;
  }

  async #import(row: ImageRow, term: Term): Promise<void> {
    let change: Partial<ImageRow>;
    try {
      const { digest, sizeBytes } = await this.d.registry.copyIn(
        `docker://${row.source}`,
        row.id,
        term.signal,
      );
      change = { state: 'ready', digest, sizeBytes, readyAt: new Date(), reason: '', message: '' };
    } catch (cause) {
      if (term.signal.aborted || !(cause instanceof CloudError)) throw cause; // another run will try again
      change = { state: 'failed', reason: 'IMPORT_FAILED', message: cause.message };
    }
    await this.d.work.fenced(this.name, term.epoch, async (tx) => {
      const locked = await imageRepo.lock(tx, row.id);
      if (locked?.state !== 'importing') return;
      const saved = await imageRepo.update(tx, row.id, change);
      if (saved.state === 'ready') await this.d.operations.succeed(tx, row.operationId);
      else
        await this.d.operations.fail(tx, row.operationId, {
          reason: saved.reason,
          message: saved.message,
          advice: ADVICE,
        });
      this.d.changed(tx, saved);
    });
  }

  async #remove(row: ImageRow, term: Term): Promise<void> {
    if (row.digest) await this.d.registry.remove(row.id, row.digest);
    await this.d.work.fenced(this.name, term.epoch, async (tx) => {
      await this.d.operations.succeed(tx, row.operationId);
      await imageRepo.purge(tx, row.id);
      await this.d.work.forget(tx, this.name, row.id);
      this.d.changed(tx, { ...row, version: row.version + 1 }, 'deleted');
    });
  }
}
