import { CloudError } from '@thecloud/kernel';
import { again, settled } from '@thecloud/reconcile';
import type { Outcome, Reconciler, Term } from '@thecloud/reconcile';
import type { Database, Operations, PgWorkSource, Tx } from '@thecloud/service-kit';
import { adviceOn } from './image.advice';
import { imageRepo } from './image.repo';
import type { ImageRow } from './image.schema';
import { importImage, isStorageLimit } from './import-image';
import type { FailedImport, ImportDeps } from './import-image';
import { FairSlots } from './fair-slots';
import { refuseLarge } from './image-quota';
import type { ImageQuota } from './image-quota';
import { imageUsageRepo } from './image-usage.repo';
import { retryAfterMs, withFailure } from './import.plan';
import { refuseLargeEarly } from './refuse-early';
import type { Copied } from './registry';

export interface ImageControllerDeps extends Omit<ImportDeps, 'admit'> {
  /** Imports at the same time, of all persons. */
  readonly importsAtOnce: number;
  readonly quota: ImageQuota;
  readonly db: Database;
  readonly work: PgWorkSource;
  readonly operations: Operations;
  readonly changed: (tx: Tx, row: ImageRow, state?: string) => void;
}

/** An import without a slot is looked at again after this time, or once `FairSlots.leave` names it. */
const WAIT_MS = 30_000;
/** Reconciles besides the running imports: removals, and imports that find no slot. */
const OTHERS_AT_ONCE = 4;

/** Imports images, and removes those that are to be deleted. */
export class ImageController implements Reconciler {
  readonly name = 'image';
  readonly resyncMs = 3_600_000;
  readonly deadlineMs = 11 * 60_000;
  readonly concurrency: number;
  readonly #slots: FairSlots;

  constructor(private readonly d: ImageControllerDeps) {
    this.concurrency = d.importsAtOnce + OTHERS_AT_ONCE;
    this.#slots = new FairSlots(d.importsAtOnce);
  }

  async reconcile(id: string, term: Term): Promise<Outcome> {
    const row = await this.d.db.read('system', (tx) => imageRepo.find(tx, id));
    if (row?.state === 'importing') return this.#importInTurn(row, term);
    if (row) this.#slots.forget(ownerOf(row), id);
    if (row?.state === 'deleting') await this.#remove(row, term);
    if (!row) await this.d.work.fenced(this.name, term.epoch, (tx) => this.d.work.forget(tx, this.name, id));
    return settled;
  }

  async #importInTurn(row: ImageRow, term: Term): Promise<Outcome> {
    if (!this.#slots.enter(ownerOf(row), row.id)) return again(WAIT_MS);
    try {
      const admit = (sizeBytes: bigint) => refuseLargeEarly(this.d, row, this.d.quota, sizeBytes);
      const result = await importImage({ ...this.d, admit }, row.source, row.id, term.signal);
      return await this.#saveOrRefuse(row, term, result);
    } finally {
      const next = this.#slots.leave(ownerOf(row));
      // If this is lost, it is looked at a little later.
      if (next)
        await this.d.db
          .write('system', (tx) => this.d.work.enqueue(tx, this.name, next))
          .catch(() => undefined);
    }
  }

  /** What has no room, as others came meanwhile, fails, and leaves the registry. */
  async #saveOrRefuse(row: ImageRow, term: Term, result: Copied | FailedImport): Promise<Outcome> {
    try {
      return await this.#save(row, term, result);
    } catch (cause) {
      if (!(cause instanceof CloudError) || !isStorageLimit(cause)) throw cause;
      const { reason, message } = cause;
      const outcome = await this.#save(row, term, { blame: 'final', reason, message });
      // What cannot be removed now the sweep removes later.
      if ('digest' in result) {
        const { digest, sizeBytes } = result;
        await this.d.db.write('system', (tx) => imageUsageRepo.noteDeleted(tx, { ...row, sizeBytes }));
        await this.d.registry.remove(row.id, digest).catch(() => undefined);
      }
      return outcome;
    }
  }

  async #save(row: ImageRow, term: Term, result: Copied | FailedImport): Promise<Outcome> {
    const failures = 'blame' in result ? withFailure(row.failures, result.blame) : row.failures;
    const retryMs = 'blame' in result ? retryAfterMs(result.blame, failures) : undefined;
    await this.d.work.fenced(this.name, term.epoch, async (tx) => {
      const locked = await imageRepo.lock(tx, row.id);
      if (locked?.state !== 'importing') return;
      if ('digest' in result) {
        const { digest, sizeBytes } = result;
        await imageUsageRepo.lock(tx, row);
        refuseLarge(await imageUsageRepo.of(tx, row), this.d.quota, sizeBytes);
        const ready = { digest, sizeBytes, readyAt: new Date(), reason: '', message: '' };
        this.d.changed(tx, await imageRepo.update(tx, row.id, { ...ready, state: 'ready' }));
        await this.d.operations.succeed(tx, row.operationId);
        return;
      }
      const { reason, message } = result;
      const state = retryMs === undefined ? 'failed' : 'importing';
      this.d.changed(tx, await imageRepo.update(tx, row.id, { state, reason, message, failures }));
      if (state === 'failed') {
        const said = { reason, message, advice: adviceOn(reason) };
        await this.d.operations.fail(tx, row.operationId, said);
      }
    });
    return retryMs === undefined ? settled : again(retryMs);
  }

  async #remove(row: ImageRow, term: Term): Promise<void> {
    if (row.digest) await this.d.registry.remove(row.id, row.digest);
    await this.d.work.fenced(this.name, term.epoch, async (tx) => {
      await this.d.operations.succeed(tx, row.operationId);
      await imageUsageRepo.noteDeleted(tx, row);
      await imageRepo.purge(tx, row.id);
      await this.d.work.forget(tx, this.name, row.id);
      this.d.changed(tx, { ...row, version: row.version + 1 }, 'deleted');
    });
  }
}

/** Whose slots an import takes. Rows of an older version do not name the person. */
const ownerOf = ({ personId, projectId }: ImageRow): string => personId || projectId;
