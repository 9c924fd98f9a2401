import { experimental, Metadata, status } from '@grpc/grpc-js';
import type { Etcd3, Lease, Watcher } from 'etcd3';
import type { Logger } from '../log';
import { watchPrefix } from './etcd';

const LEASE_SECONDS = 10;
const RETRY_MS = 1_000;
/** The last replica of a service stays in use so long after its announcement has ended, in ms. */
const LAST_ONE_MS = 5_000;
const prefixOf = (service: string) => `thecloud/services/${service}/`;

/** Announces this replica for as long as it lives; announces again when etcd has forgotten it. */
export class Announcement {
  #lease: Lease | undefined;
  #closed = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly etcd: () => Etcd3,
    private readonly service: string,
    private readonly member: string,
    private readonly address: string,
    private readonly log: Logger,
  ) {
    void this.#announce();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#lease?.revoke().catch(() => undefined); // etcd away: the lease ends by itself
  }

  async #announce(): Promise<void> {
    const lease = this.etcd().lease(LEASE_SECONDS);
    this.#lease = lease;
    lease.on('lost', () => this.#again());
    try {
      await lease.put(prefixOf(this.service) + this.member).value(this.address);
    } catch (err) {
      this.log.warn({ err }, 'etcd is away; announcing this replica again shortly');
      lease.release();
      this.#again();
    }
  }

  #again(): void {
    if (!this.#closed) this.#retry = setTimeout(() => void this.#announce(), RETRY_MS);
  }
}

/** Every replica of a service that is known; with etcd away, those last known. */
class Replicas {
  readonly #addresses = new Map<string, string>();
  readonly #listeners = new Set<() => void>();
  #watcher: Watcher | undefined;
  /** Keys whose announcement has ended, when no other was left. */
  readonly #leaving = new Map<string, NodeJS.Timeout>();
  #known = false;
  #closed = false;

  constructor(
    private readonly etcd: () => Etcd3,
    private readonly service: string,
  ) {
    void this.#follow();
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#known) process.nextTick(listener);
    return () => this.#listeners.delete(listener);
  }

  /** host:port of each. */
  addresses(): string[] {
    return [...new Set(this.#addresses.values())];
  }

  endpoints(): experimental.Endpoint[] {
    return this.addresses().map((address) => {
      const colon = address.lastIndexOf(':');
      return { addresses: [{ host: address.slice(0, colon), port: Number(address.slice(colon + 1)) }] };
    });
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    void this.#watcher?.cancel().catch(() => undefined); // closing anyway
  }

  async #follow(): Promise<void> {
    const prefix = prefixOf(this.service);
    try {
      const etcd = this.etcd();
      const watcher = await watchPrefix(etcd, prefix);
      this.#watcher = watcher;
      const found = await etcd.getAll().prefix(prefix).strings();
      for (const [key, address] of Object.entries(found)) this.#add(key, address);
      for (const key of [...this.#addresses.keys()]) if (!(key in found)) this.#remove(key);
      this.#changed();
      watcher.on('put', (kv) => {
        this.#add(kv.key.toString(), kv.value.toString());
        this.#changed();
      });
      watcher.on('delete', (kv) => {
        this.#remove(kv.key.toString());
        this.#changed();
      });
      watcher.on('error', () => this.#again());
    } catch {
      this.#again(); // etcd is away: what is known stays in use
    }
  }

  #add(key: string, address: string): void {
    this.#addresses.set(key, address);
    clearTimeout(this.#leaving.get(key));
    this.#leaving.delete(key);
    // Those that were kept for want of another may go now.
    for (const gone of [...this.#leaving.keys()]) this.#drop(gone);
  }

  /** An etcd that hung forgets all replicas at once when it goes on; they live, and announce themselves again. */
  #remove(key: string): void {
    if (this.#leaving.has(key) || !this.#addresses.has(key)) return;
    if (this.#addresses.size - this.#leaving.size > 1) return this.#drop(key);
    const drop = () => {
      this.#drop(key);
      this.#changed();
    };
    this.#leaving.set(key, setTimeout(drop, LAST_ONE_MS).unref());
  }

  #drop(key: string): void {
    clearTimeout(this.#leaving.get(key));
    this.#leaving.delete(key);
    this.#addresses.delete(key);
  }

  #again(): void {
    if (!this.#closed) setTimeout(() => void this.#follow(), RETRY_MS).unref();
  }

  #changed(): void {
    this.#known = true;
    for (const listener of this.#listeners) listener();
  }
}

const followed = new Map<string, Replicas>();
/** Newest last. Several services in one process each enable discovery; any of their etcd clients will do. */
const sources: Array<() => Etcd3> = [];
let registered = false;

/**
 * Makes "thecloud:///<service>" a gRPC target that means all live replicas of a service, for this process.
 * Returns what ends the caller's use of it; the last one ends the following.
 */
export function enableDiscovery(etcd: () => Etcd3): () => void {
  if (!registered) experimental.registerResolver('thecloud', DiscoveryResolver);
  registered = true;
  sources.push(etcd);
  return () => {
    sources.splice(sources.indexOf(etcd), 1);
    if (sources.length > 0) return;
    for (const replicas of followed.values()) replicas.close();
    followed.clear();
  };
}

function source(): Etcd3 {
  const newest = sources.at(-1);
  if (!newest) throw new Error('discovery is not enabled');
  return newest();
}

function follow(service: string): Replicas {
  const replicas = followed.get(service) ?? new Replicas(source, service);
  followed.set(service, replicas);
  return replicas;
}

/** Calls back with the addresses (host:port) of a service's live replicas, at first and after each change. */
export function followReplicas(service: string, tell: (addresses: readonly string[]) => void): () => void {
  const replicas = follow(service);
  return replicas.listen(() => tell(replicas.addresses()));
}

class DiscoveryResolver implements experimental.Resolver {
  readonly #replicas: Replicas;
  readonly #stop: () => void;
  #answer: NodeJS.Timeout | undefined;

  constructor(
    target: experimental.GrpcUri,
    private readonly listener: experimental.ResolverListener,
  ) {
    const service = target.path.replace(/^\//, '');
    this.#replicas = follow(service);
    this.#stop = this.#replicas.listen(() => this.#tell());
  }

  /**
   * Asked after every failed connection, though changes are told unasked. Answered late: grpc takes the same dead
   * addresses for a reason to ask again at once, and would spin for as long as they are announced.
   */
  updateResolution(): void {
    this.#answer ??= setTimeout(() => {
      this.#answer = undefined;
      this.#tell();
    }, RETRY_MS);
  }

  destroy(): void {
    clearTimeout(this.#answer);
    this.#stop();
  }

  #tell(): void {
    const endpoints = this.#replicas.endpoints();
    const none = { code: status.UNAVAILABLE, details: 'no replica is announced', metadata: new Metadata() };
    this.listener(
      endpoints.length ? experimental.statusOrFromValue(endpoints) : experimental.statusOrFromError(none),
      {},
      null,
      '',
    );
  }

  static getDefaultAuthority(target: experimental.GrpcUri): string {
    return target.path.replace(/^\//, '');
  }
}
