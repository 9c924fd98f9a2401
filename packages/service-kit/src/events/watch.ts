import type { RequestContext } from '../context';
import type { Page } from '../db/page';
import type { ChangeListener, Changes } from './changes';

/** What is watched, and how to look at it. Rows are whatever the resource's repo answers with. */
export interface Watched<R extends { id: string }> {
  readonly kind: string;
  /** Empty: of the platform. */
  readonly projectId: string;
  /** Some of them belong to other projects: hints to the platform are for them. */
  readonly shared?: boolean;
  /** Those that are asked for, newest first; one more than the page's size if there are more. */
  list(page: Page): Promise<R[]>;
  /** Those of these ids that exist, asked for or not. At most 100. */
  find(ids: string[]): Promise<R[]>;
  /** Is it (still) one of those asked for? */
  matches(row: R): boolean;
  /** Another one for each change that watchers are to see. */
  version(row: R): number | string;
  /** It will not change any more, and need not be remembered. */
  ended?(row: R): boolean;
}

/** A row as it now is, or as it last was before it was deleted. */
export interface Sighting<R> {
  readonly row: R;
  readonly gone: boolean;
}

/** Looks at everything again this often: a hint may be lost; and when hints of other replicas do not come at all. */
const LOOK_EVERY_MS = 60_000;
const LOOK_WITHOUT_HINTS_MS = 2_000;
/** Rows read at a time: they may be large. */
const PAGE = 100;
/** Ids of changes that wait to be looked at; with more, everything is looked at. */
const MOST_DIRTY = 5_000;

/**
 * What is asked for as it is, and then again after each change; what no longer matches once more as it now is. Quick
 * changes of one resource may be seen as one, never as none. Hints only say where to look: changes of other kinds, of
 * other projects, or (with `only`) of other ids cost no query. Bounded: a slow reader finds the newest state.
 * With `only` it ends with the resource.
 */
export async function* watch<R extends { id: string }>(
  changes: Changes,
  ctx: Pick<RequestContext, 'signal' | 'accept'>,
  watched: Watched<R>,
  only?: string,
): AsyncGenerator<Sighting<R>> {
  const bell = new Bell(ctx.signal, only);
  const owners = watched.shared ? [watched.projectId, ''] : [watched.projectId];
  const stops = owners.map((owner) => changes.listen(watched.kind, owner, bell.listener));
  const known = new Map<string, { version: number | string; row: R }>();

  function* compare(rows: readonly R[]): Generator<Sighting<R>> {
    for (const row of rows) {
      const version = watched.version(row);
      const before = known.get(row.id);
      if (before?.version === version || (!before && !watched.matches(row))) continue;
      if (watched.matches(row) && !watched.ended?.(row)) known.set(row.id, { version, row });
      else known.delete(row.id);
      yield { row, gone: false };
    }
  }
  async function* lookAt(ids: readonly string[]): AsyncGenerator<Sighting<R>> {
    for (let at = 0; at < ids.length && !ctx.signal.aborted; at += PAGE) {
      const some = ids.slice(at, at + PAGE);
      const rows = await watched.find(some);
      yield* compare(rows);
      const there = new Set(rows.map((row) => row.id));
      for (const id of some) {
        const last = known.get(id);
        if (!last || there.has(id)) continue;
        known.delete(id);
        yield { row: last.row, gone: true };
      }
    }
  }
  async function* lookAtAll(): AsyncGenerator<Sighting<R>> {
    if (only !== undefined) return yield* lookAt([only]);
    const unseen = new Set(known.keys());
    for (let after: string | undefined; !ctx.signal.aborted;) {
      const rows = await watched.list({ size: PAGE, after });
      const page = rows.slice(0, PAGE);
      for (const { id } of page) unseen.delete(id);
      ctx.accept();
      yield* compare(page);
      if (rows.length <= PAGE) break;
      after = page.at(-1)?.id;
    }
    yield* lookAt([...unseen]);
  }

  try {
    yield* lookAtAll();
    while (!ctx.signal.aborted && (only === undefined || known.size > 0)) {
      await bell.rung(changes.complete() ? LOOK_EVERY_MS : LOOK_WITHOUT_HINTS_MS);
      const dirty = bell.takeDirty();
      if (dirty) yield* lookAt(dirty);
      else yield* lookAtAll();
    }
  } finally {
    for (const stop of stops) stop();
    bell.close();
  }
}

/** One resource: as it is, again after each change, and when it is gone. Throws `missing` if it is not there at all. */
export async function* watchOne<R extends { id: string }>(
  changes: Changes,
  ctx: Pick<RequestContext, 'signal' | 'accept'>,
  watched: Watched<R>,
  id: string,
  missing: () => Error,
): AsyncGenerator<Sighting<R>> {
  let found = false;
  for await (const sighting of watch(changes, ctx, watched, id)) {
    if (!found) ctx.accept();
    found = true;
    yield sighting;
  }
  if (!found && !ctx.signal.aborted) throw missing();
}

/** Collects what is to be looked at. */
class Bell {
  #dirty = new Set<string>();
  #all = false;
  #ring: (() => void) | undefined;
  readonly #abort = () => this.#ring?.();

  constructor(
    private readonly signal: AbortSignal,
    private readonly only: string | undefined,
  ) {
    signal.addEventListener('abort', this.#abort, { once: true });
  }

  readonly listener: ChangeListener = (id) => {
    if (id !== undefined && this.only !== undefined && id !== this.only) return;
    if (id === undefined || this.#dirty.size >= MOST_DIRTY) this.#all = true;
    else this.#dirty.add(id);
    this.#ring?.();
  };

  /** Resolves when there is something to look at, the reader is gone, or the time is up (then: look at all). */
  async rung(ms: number): Promise<void> {
    if (this.#dirty.size > 0 || this.#all || this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.#all = true;
        resolve();
      }, ms);
      this.#ring = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Undefined: everything. */
  takeDirty(): string[] | undefined {
    const dirty = this.#all ? undefined : [...this.#dirty];
    this.#dirty = new Set();
    this.#all = false;
    return dirty;
  }

  close(): void {
    this.signal.removeEventListener('abort', this.#abort);
    this.#ring?.();
  }
}
