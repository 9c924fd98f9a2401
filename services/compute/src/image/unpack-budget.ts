import { errors } from '../errors';
import { refuseNeverFits } from './spool-disk';
import type { SpoolRoom } from './spool-disk';

/** zstd frames of all layers. An image in zstd:chunked has about two a file. */
const MAX_FRAMES = 500_000;
/** Beyond this many, frames hold at least MIN_FRAME_BYTES on average: a frame costs time even if it is empty. */
const FREE_FRAMES = 1_000;
const MIN_FRAME_BYTES = 128;
/** Files of all layers. */
const MAX_FILES = 1_000_000;
/** Steps along paths, of all layers: an image that takes more was made to keep us busy. */
const MAX_STEPS = 20_000_000;
/** Steps of one entry, which are taken in one turn of the event loop. */
const MAX_STEPS_OF_ENTRY = 200_000;

export interface UnpackLimits {
  /** What may be written by decompression. */
  readonly bytes: number;
  readonly files?: number;
  /** What the disk has room for; absent: for all. */
  readonly room?: SpoolRoom;
}

/** What checking one upload may cost: one budget for its tarball and all its layers. */
export class UnpackBudget {
  readonly #files: number;
  #bytesSpent = 0;
  #filesSpent = 0;
  #frames = 0;
  #steps = 0;
  #stepsOfEntry = 0;

  constructor(private readonly limits: UnpackLimits) {
    this.#files = limits.files ?? MAX_FILES;
  }

  /**
   * INVALID_ARGUMENT IMAGE_ARCHIVE_INVALID, IMAGE_NEVER_FITS: more than may ever be written. What is more than the disk
   * has room for now is counted all the same, to tell the one from the other: ask `hasRoom` before writing it.
   */
  spendBytes(count: number): void {
    this.#bytesSpent += count;
    const { bytes, room } = this.limits;
    if (this.#bytesSpent > bytes)
      throw invalid(`unpacked it is larger than ${Math.floor(bytes / 2 ** 20)} MiB`);
    if (room) refuseNeverFits(room, this.#bytesSpent);
  }

  get hasRoom(): boolean {
    const { room } = this.limits;
    return !room || this.#bytesSpent <= room.bytes;
  }

  spendFrame(): void {
    this.#frames += 1;
    const most = Math.min(MAX_FRAMES, FREE_FRAMES + this.#bytesSpent / MIN_FRAME_BYTES);
    if (this.#frames > most) throw invalid('its zstd data is cut into too many frames');
  }

  spendFile(): void {
    if ((this.#filesSpent += 1) > this.#files) throw invalid(`it holds more than ${this.#files} files`);
  }

  startEntry(): void {
    this.#stepsOfEntry = 0;
  }

  spendStep(): void {
    this.#steps += 1;
    this.#stepsOfEntry += 1;
    if (this.#steps > MAX_STEPS || this.#stepsOfEntry > MAX_STEPS_OF_ENTRY)
      throw invalid('its paths take too long to follow');
  }
}

const invalid = (why: string) => errors.IMAGE_ARCHIVE_INVALID({ why });
