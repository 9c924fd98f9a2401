import { randomUUID } from 'node:crypto';
import { errors } from '../errors';
import { ImportSlots } from './import-slots';

/** Uploads under way: counted as imports are, but one that finds no slot is refused, because a caller holds its bytes. */
export class UploadSlots {
  readonly #slots: ImportSlots;

  constructor(readonly most: number) {
    this.#slots = new ImportSlots(most);
  }

  /** RESOURCE_EXHAUSTED IMAGE_UPLOADS_BUSY: all slots, or those of the project, are taken. */
  async run<T>(projectId: string, upload: () => Promise<T>): Promise<T> {
    const id = randomUUID();
    if (!this.#slots.enter(projectId, id)) {
      this.#slots.forget(projectId, id);
      throw errors.IMAGE_UPLOADS_BUSY({});
    }
    try {
      return await upload();
    } finally {
      this.#slots.leave(projectId);
    }
  }
}
