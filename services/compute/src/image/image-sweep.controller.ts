import { isId, timeOfId } from '@thecloud/kernel';
import { settled } from '@thecloud/reconcile';
import type { Outcome, Reconciler, Term } from '@thecloud/reconcile';
import type { Database, Logger, PgWorkSource, Tx } from '@thecloud/service-kit';
import { imageUsageRepo } from './image-usage.repo';
import { imageRepo } from './image.repo';
import type { ImageRow } from './image.schema';
import type { RegistryContents } from './registry-contents';

/** An image that is being uploaded has no row yet: nothing younger than this is an orphan. */
const ORPHAN_AGE_MS = 24 * 3_600_000;
/** By then the registry, which collects its garbage once a day, has freed the bytes of a deleted image. */
const DELETED_AGE_MS = 25 * 3_600_000;
/** An image that failed is shown for so long. */
const FAILED_AGE_MS = 7 * 24 * 3_600_000;

/** The one key of this controller. */
const SWEEP_KEY = 'registry';

export interface ImageSweepDeps {
  readonly db: Database;
  readonly work: PgWorkSource;
  readonly contents: RegistryContents;
  readonly changed: (tx: Tx, row: ImageRow, state?: string) => void;
  readonly log: Logger;
}

/** Removes from the registry what no image is: what a crash left there, and what failed. */
export class ImageSweepController implements Reconciler {
  readonly name = 'image-sweep';
  readonly standing = [SWEEP_KEY];
  readonly resyncMs = 3_600_000;
  readonly deadlineMs = 10 * 60_000;
  readonly concurrency = 1;

  constructor(private readonly d: ImageSweepDeps) {}

  async reconcile(_key: string, term: Term): Promise<Outcome> {
    const now = Date.now();
    await this.#forgetFailed(new Date(now - FAILED_AGE_MS), term);
    await this.d.work.fenced(this.name, term.epoch, (tx) =>
      imageUsageRepo.forgetDeleted(tx, new Date(now - DELETED_AGE_MS)),
    );
    for await (const ids of this.d.contents.imageIds()) {
      const old = ids.filter((id) => isId('image', id) && timeOfId(id).getTime() < now - ORPHAN_AGE_MS);
      const rows = await this.d.db.read('system', (tx) => imageRepo.findAll(tx, old));
      const held = new Set(rows.filter(({ state }) => state !== 'failed').map(({ id }) => id));
      for (const id of old.filter((id) => !held.has(id))) {
        if (term.signal.aborted) return settled;
        await this.#remove(id);
      }
    }
    return settled;
  }

  async #remove(id: string): Promise<void> {
    const digest = await this.d.contents.digestOf(id);
    if (!digest) return; // an empty repository goes with the registry's own collection
    await this.d.contents.remove(id, digest);
    this.d.log.info({ image: id, digest }, 'removed an orphan from the registry');
  }

  async #forgetFailed(before: Date, term: Term): Promise<void> {
    await this.d.work.fenced(this.name, term.epoch, async (tx) => {
      for (const row of await imageRepo.purgeFailed(tx, before))
        this.d.changed(tx, { ...row, version: row.version + 1 }, 'deleted');
    });
  }
}
