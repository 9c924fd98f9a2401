import type { Etcd3, Lease, Watcher } from 'etcd3';
import { ETCD_CALL_MS, watchPrefix } from '@thecloud/service-kit';
import type { Logger } from '@thecloud/service-kit';

const PREFIX = 'thecloud/hosts/';
/** A host whose agent is silent this long is suspect. */
export const HOST_LEASE_SECONDS = 8;

/** Host leases in etcd. The replica that hears a host's beats keeps its lease alive; a lease that ends means silence. */
export class HostLiveness {
  readonly #leases = new Map<string, Lease>();
  /** Hosts whose beat etcd has not been told yet. */
  readonly #telling = new Set<string>();
  #watcher: Watcher | undefined;
  #closed = false;

  constructor(
    private readonly etcd: () => Etcd3,
    private readonly log: Logger,
  ) {}

  /**
   * A beat was heard. Nobody waits for etcd, which may be away or hang: what an agent is answered relies on the database
   * alone. One renewal of a host at a time; the next beat tries again.
   */
  beat(hostId: string): void {
    if (this.#closed || this.#telling.has(hostId)) return;
    this.#telling.add(hostId);
    void this.#tell(hostId).finally(() => this.#telling.delete(hostId));
  }

  /** The stream ended here: the lease runs out unless another replica hears the host. */
  forget(hostId: string): void {
    this.#leases.get(hostId)?.release();
    this.#leases.delete(hostId);
  }

  /** undefined: etcd does not answer, so nobody knows. */
  async alive(hostId: string): Promise<boolean | undefined> {
    return this.etcd()
      .get(PREFIX + hostId)
      .string()
      .then(
        (value) => value !== null,
        () => undefined,
      );
  }

  /** Calls back with a host's id whenever its lease begins or ends. */
  async watch(changed: (hostId: string) => void): Promise<void> {
    try {
      const watcher = await watchPrefix(this.etcd(), PREFIX);
      this.#watcher = watcher;
      const tell = (kv: { key: Buffer }) => changed(kv.key.toString().slice(PREFIX.length));
      watcher.on('put', tell).on('delete', tell);
      watcher.on('error', () => this.#watchAgain(changed));
    } catch {
      this.#watchAgain(changed); // etcd is away: resync finds what changed meanwhile
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const lease of this.#leases.values()) lease.release();
    await this.#watcher?.cancel().catch(() => undefined); // etcd away: nothing to cancel
  }

  async #tell(hostId: string): Promise<void> {
    try {
      const lease = this.#leases.get(hostId);
      if (lease) await lease.keepaliveOnce({ deadline: Date.now() + ETCD_CALL_MS });
      else await this.#begin(hostId);
    } catch (err) {
      this.#leases.get(hostId)?.release();
      this.#leases.delete(hostId);
      this.log.debug({ err, hostId }, 'the lease of a host could not be renewed');
    }
  }

  async #begin(hostId: string): Promise<void> {
    const lease = this.etcd().lease(HOST_LEASE_SECONDS, { autoKeepAlive: false });
    lease.on('lost', () => {
      if (this.#leases.get(hostId) === lease) this.#leases.delete(hostId);
    });
    await lease.put(PREFIX + hostId).value('alive');
    this.#leases.set(hostId, lease);
  }

  #watchAgain(changed: (hostId: string) => void): void {
    if (!this.#closed) setTimeout(() => void this.watch(changed), 1_000).unref();
  }
}
