import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { commonErrors } from '@thecloud/kernel';
import { allowedBy, isPublic } from './addresses';
import type { Allowed } from './addresses';
import { ConcurrencyLimit } from './concurrency-limit';
import { endWhenIdle, opened } from './deadlines';
import { failed, lookupIn } from './names';
import type { Lookup, Resolved } from './names';

export interface EgressOptions {
  /** What the operator allows besides the public internet. */
  readonly allow: readonly Allowed[];
  /** /etc/hosts and DNS unless told otherwise. */
  readonly lookup?: Lookup;
  /** For TCP, and again for TLS, in milliseconds: 10 s unless told otherwise. */
  readonly connectMs?: number;
  /** A connection that carries nothing for so long ends, in milliseconds: 60 s unless told otherwise. */
  readonly idleMs?: number;
}

/** A target whose addresses were all found fit to connect to. */
export interface Destination {
  readonly addresses: readonly Resolved[];
  /** The operator allows it without TLS. */
  readonly plain: boolean;
}

const LOOKUP_MS = 10_000;
const CONNECT_MS = 10_000;
const IDLE_MS = 60_000;
/** Of all tenants. One lookup costs a socket, not a thread. */
const LOOKUPS_AT_ONCE = 32;
const LOOKUP_WAIT_MS = 10_000;
/** As URLs have it: no name ends in a number, but an address that is written oddly does (127.1, 0x7f000001). */
const ENDS_IN_NUMBER = /(^|\.)(\d+|0x[0-9a-f]*)\.?$/i;

/**
 * The one way to connect where a tenant says. A name is resolved once, every one of its addresses must be public or
 * allowed by the operator, and the connection goes to the addresses that were checked.
 */
export class EgressGuard {
  readonly idleMs: number;
  readonly #connectMs: number;
  readonly #lookup: Lookup;
  readonly #lookups = new ConcurrencyLimit(LOOKUPS_AT_ONCE, LOOKUP_WAIT_MS, () =>
    failed('EAI_AGAIN', `more than ${LOOKUPS_AT_ONCE} names are being looked up right now`),
  );

  constructor(private readonly o: EgressOptions) {
    this.#lookup = o.lookup ?? lookupIn();
    this.#connectMs = o.connectMs ?? CONNECT_MS;
    this.idleMs = o.idleMs ?? IDLE_MS;
  }

  /**
   * Whether `host` can be refused without a lookup: an address that is not fit or is written oddly, or a name of this
   * machine.
   */
  refuses(host: string, port: number): boolean {
    const name = bare(host);
    if (isIP(name)) return !this.#isFit(name, port);
    if (ENDS_IN_NUMBER.test(name)) return true;
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

  /** A TCP connection to a checked address; the same errors, and those of the connection. It ends when it is idle. */
  async connect(host: string, port: number): Promise<Socket> {
    const socket = await this.#connect(host, port);
    endWhenIdle(socket, this.idleMs);
    return socket;
  }

  /** The same with TLS, to the name that is asked for. */
  async connectSecure(
    host: string,
    port: number,
    options: Omit<ConnectionOptions, 'socket' | 'host' | 'servername'>,
  ): Promise<TLSSocket> {
    const socket = await this.#connect(host, port);
    const name = bare(host);
    const named = isIP(name) ? {} : { servername: name };
    const secure = tlsConnect({ ...options, socket, host: name, ...named });
    await opened(secure, 'secureConnect', this.#connectMs, 'no TLS handshake');
    endWhenIdle(secure, this.idleMs);
    return secure;
  }

  async #connect(host: string, port: number): Promise<Socket> {
    const { addresses } = await this.resolve(host, port);
    const [first] = addresses;
    const socket = connect({
      host: addresses.length === 1 && first ? first.address : bare(host),
      port,
      autoSelectFamily: true,
      // Node asks for all addresses, because it may try one after another.
      lookup: (_host, _options, done) => done(null, [...addresses]),
    });
    return opened(socket, 'connect', this.#connectMs, 'no connection');
  }

  #isFit(address: string, port: number): boolean {
    return isPublic(address) || allowedBy(this.o.allow, address, port) !== undefined;
  }

  #bounded(name: string): Promise<Resolved[]> {
    return this.#lookups.run(async () => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        const tooLate = () => reject(failed('EAI_AGAIN', `${name} was not resolved in time`));
        timer = setTimeout(tooLate, LOOKUP_MS);
      });
      return Promise.race([this.#lookup(name), late]).finally(() => clearTimeout(timer));
    });
  }
}

/** "[::1]" as URLs have it is the address ::1. */
const bare = (host: string) => host.replace(/^\[(.*)\]$/, '$1');
