import { lookup as systemLookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { commonErrors } from '@thecloud/kernel';
import { allowedBy, isPublic } from './addresses';
import type { Allowed } from './addresses';

/** All addresses of a name. */
export type Lookup = (host: string) => Promise<Array<{ address: string; family: number }>>;

export interface EgressOptions {
  /** What the operator allows besides the public internet. */
  readonly allow: readonly Allowed[];
  /** The system's resolver unless told otherwise. */
  readonly lookup?: Lookup;
}

/** A target whose addresses were all found fit to connect to. */
export interface Destination {
  readonly addresses: ReadonlyArray<{ address: string; family: number }>;
  /** The operator allows it without TLS. */
  readonly plain: boolean;
}

const LOOKUP_MS = 10_000;
const CONNECT_MS = 10_000;
/** The system's resolver holds a thread of the few that file access needs too. */
const LOOKUPS_AT_ONCE = 2;

/**
 * The one way to connect where a tenant says. A name is resolved once, every one of its addresses must be public or
 * allowed by the operator, and the connection goes to the addresses that were checked.
 */
export class EgressGuard {
  readonly #lookup: Lookup;
  readonly #waiting: Array<() => void> = [];
  #lookups = 0;

  constructor(private readonly o: EgressOptions) {
    this.#lookup = o.lookup ?? ((host) => systemLookup(host, { all: true }));
  }

  /** Whether `host` can be refused without asking anybody: an address that is not fit, or a name of this machine. */
  refuses(host: string, port: number): boolean {
    const name = bare(host);
    if (isIP(name)) return !this.#isFit(name, port);
    return /^(.*\.)?localhost\.?$/i.test(name) && !this.#isFit('127.0.0.1', port);
  }

  /** INVALID_ARGUMENT EGRESS_REFUSED; errors of the resolver as Node has them. */
  async resolve(host: string, port: number): Promise<Destination> {
    const name = bare(host);
    if (this.refuses(name, port)) throw commonErrors.EGRESS_REFUSED({ host: name });
    const family = isIP(name);
    const addresses = family ? [{ address: name, family }] : await this.#bounded(name);
    if (addresses.length === 0 || !addresses.every(({ address }) => this.#isFit(address, port)))
      throw commonErrors.EGRESS_REFUSED({ host: name });
    const plain = addresses.every(({ address }) => allowedBy(this.o.allow, address, port)?.plain);
    return { addresses, plain };
  }

  /** A TCP connection to a checked address; the same errors, and those of the connection. */
  async connect(host: string, port: number): Promise<Socket> {
    const { addresses } = await this.resolve(host, port);
    const [first] = addresses;
    const socket = connect({
      host: addresses.length === 1 && first ? first.address : bare(host),
      port,
      autoSelectFamily: true,
      // Node asks for all addresses, because it may try one after another.
      lookup: (_host, _options, done) => done(null, [...addresses]),
    });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => socket.destroy(new Error(`no connection in ${CONNECT_MS / 1000} s`)),
        CONNECT_MS,
      );
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(socket);
      });
      socket.once('close', () => clearTimeout(timer));
      socket.once('connect', () => clearTimeout(timer));
    });
  }

  #isFit(address: string, port: number): boolean {
    return isPublic(address) || allowedBy(this.o.allow, address, port) !== undefined;
  }

  async #bounded(name: string): Promise<Array<{ address: string; family: number }>> {
    if (this.#lookups >= LOOKUPS_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#lookups += 1;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${name} was not resolved in time`)), LOOKUP_MS);
    });
    const found = this.#lookup(name).finally(() => {
      this.#lookups -= 1;
      this.#waiting.shift()?.();
    });
    try {
      return await Promise.race([found, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** "[::1]" as URLs have it is the address ::1. */
const bare = (host: string) => host.replace(/^\[(.*)\]$/, '$1');
