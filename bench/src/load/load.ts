import { join } from 'node:path';
import type { Samples } from '../area';
import { Helper } from '../processes';
import type { Job } from './worker';

/** Series `rate` (1/s) and `latency` (ms); of a flood `served` and `refused` (1/s). */
export class Load {
  readonly #helper = new Helper(join(__dirname, 'worker.js'));

  run(job: Job): Promise<Samples> {
    return this.#helper.ask<Samples>(job);
  }

  close(): Promise<void> {
    return this.#helper.end();
  }
}
