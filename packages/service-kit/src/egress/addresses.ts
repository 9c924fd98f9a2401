import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** IPv6 addresses that the internet routes (RFC 4291); everything else is special in one way or another. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** Azure's metadata and DNS server, which stands on a public address. */
const AZURE_METADATA = '168.63.129.16';

/**
 * Whether an IP address belongs to the public internet. Not: private, loopback, link-local (cloud metadata), carrier
 * NAT, multicast, reserved, documentation and benchmark ranges, IPv6 that carries an IPv4 address (mapped, NAT64, 6to4,
 * Teredo), and the addresses of this machine.
 */
export function isPublic(text: string): boolean {
  const address = ipaddr.parse(text);
  const plain = address.toString();
  if (address.range() !== 'unicast' || plain === AZURE_METADATA) return false;
  if (address.kind() === 'ipv6' && !address.match(GLOBAL_UNICAST)) return false;
  return !ownAddresses().has(plain);
}

function ownAddresses(): Set<string> {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return new Set(all.map(({ address }) => ipaddr.parse(address).toString()));
}

/** One thing that the operator allows although it is not public. */
export interface Allowed {
  readonly range: readonly [Address, number];
  /** Absent: every port. */
  readonly port?: number;
  /** Spoken to without TLS. */
  readonly plain: boolean;
}

/**
 * "10.1.0.0/16", "127.0.0.1:5000", "[fd00::5]:443", "http://127.0.0.1:5000" (without TLS), separated by commas.
 * Throws on anything else.
 */
export function parseAllowed(list: string): Allowed[] {
  const entries = list.split(',').map((entry) => entry.trim());
  return entries.filter((entry) => entry !== '').map(parseEntry);
}

function parseEntry(entry: string): Allowed {
  const plain = entry.startsWith('http://');
  const text = plain ? entry.slice('http://'.length) : entry;
  const [, v6, v4, port] =
    /^(?:\[([0-9a-f:.]+(?:\/\d+)?)\]|([0-9.]+(?:\/\d+)?))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const address = v6 ?? v4 ?? text;
  try {
    return { range: rangeOf(address), plain, ...(port ? { port: Number(port) } : {}) };
  } catch (cause) {
    throw new Error(`"${entry}" is neither an address nor a range with a port or without`, { cause });
  }
}

function rangeOf(text: string): readonly [Address, number] {
  const [host = ''] = text.split('/');
  if (!isIP(host)) throw new Error(`${host} is no address`); // ipaddr.js takes 127.1, too
  if (text.includes('/')) return ipaddr.parseCIDR(text);
  const address = ipaddr.parse(host);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** The first entry that allows it. */
export function allowedBy(list: readonly Allowed[], text: string, port: number): Allowed | undefined {
  const address = ipaddr.parse(text);
  return list.find(
    (entry) =>
      entry.range[0].kind() === address.kind() &&
      address.match([...entry.range] as [Address, number]) &&
      (entry.port === undefined || entry.port === port),
  );
}
