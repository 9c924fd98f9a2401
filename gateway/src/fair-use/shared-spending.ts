import { randomUUID } from 'node:crypto';

/** Where replicas tell each other; messages may be lost, and nobody waits for one. */
export interface Bulletin {
  tell(subject: string, body: string): void;
  hear(subject: string, then: (body: string) => void): void;
}

const subject = 'gateway.spent';
const intervalMs = 200;
/** Of one message: some 60 bytes each. The rest goes with the next. */
const mostEntries = 5_000;

/**
 * Tells other replicas every 200 ms what this one let through, summed up by key, and applies what they tell. So all
 * replicas together let through about one limit, plus what came within one interval; with nobody to be heard, each
 * enforces the limit on what it sees itself. Keys are digests: no credential leaves the process.
 */
export class SharedSpending {
  readonly #self = randomUUID();
  readonly #spent = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly bulletin: Bulletin,
    spend: (key: string, tokens: number) => void,
  ) {
    bulletin.hear(subject, (body) => {
      const told = parse(body);
      if (told && told.from !== this.#self) for (const [key, tokens] of told.spent) spend(key, tokens);
    });
    this.#timer = setInterval(() => this.#tell(), intervalMs);
  }

  add(key: string): void {
    this.#spent.set(key, (this.#spent.get(key) ?? 0) + 1);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#tell();
  }

  #tell(): void {
    if (this.#spent.size === 0) return;
    const spent = [...this.#spent].slice(0, mostEntries);
    for (const [key] of spent) this.#spent.delete(key);
    this.bulletin.tell(subject, JSON.stringify({ from: this.#self, spent }));
  }
}

interface Told {
  readonly from: string;
  readonly spent: ReadonlyArray<readonly [string, number]>;
}

/** Undefined if it is not of this form: another version may speak otherwise. */
function parse(body: string): Told | undefined {
  try {
    const told = JSON.parse(body) as Told;
    const good = told.spent.every(([key, n]) => typeof key === 'string' && Number.isFinite(n) && n > 0);
    return good ? told : undefined;
  } catch {
    return undefined;
  }
}
