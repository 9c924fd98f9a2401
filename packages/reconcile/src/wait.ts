/**
 * Something that must be so before a resource can go on: a prerequisite ("waits for network interface nic_…") or a
 * finalizer ("not purged before volume vol_… is detached"). Planners return them, and operations show them.
 */
export interface Wait {
  /** What is waited for, as a reader knows it: "network interface". */
  readonly kind: string;
  readonly id: string;
  /** What it must be: "running", "plugged", "detached", "gone". */
  readonly until: string;
  /** How it stands: "starting: pull image (30 %)". Empty: nobody knows yet. */
  readonly now: string;
}

/** Another resource that cannot become what is waited for, as it says itself. */
export interface Broken {
  readonly reason: string;
  readonly message: string;
  readonly advice: string;
}

const MOST_NAMED = 5;

/** "instance ins_1 to be running (starting: pull image), volume vol_1 to be attached". Empty: nothing is waited for. */
export function waitsInWords(waits: readonly Wait[]): string {
  const named = waits
    .slice(0, MOST_NAMED)
    .map(({ kind, id, until, now }) => `${kind} ${id} to be ${until}${now ? ` (${now})` : ''}`);
  const more = waits.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
