import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { errors } from '../errors';
import { Gate } from '../gate';

/**
 * Argon2id (the library's default variant) with 19 MiB, 2 passes, 1 lane: the OWASP Password Storage Cheat Sheet's
 * recommendation. Hashing runs on libuv's threads; two at once leave the others to files and DNS.
 */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const AT_ONCE = 2;
const MOST_WAITING = 64;

/** Hashes and checks passwords, few at a time. RESOURCE_EXHAUSTED BUSY when too many wait. */
export class Passwords {
  readonly #gate = new Gate(AT_ONCE, MOST_WAITING, () => errors.BUSY({}));
  readonly #decoy = hash(randomBytes(32), PARAMETERS);

  hash(password: string): Promise<string> {
    return this.#gate.run(() => hash(password, PARAMETERS));
  }

  /** Without a stored hash it works as long, on a decoy, and answers false: an unknown account cannot be told by time. */
  async matches(stored: string | undefined, password: string): Promise<boolean> {
    const against = stored ?? (await this.#decoy);
    const same = await this.#gate.run(() => verify(against, password));
    return same && stored !== undefined;
  }
}
