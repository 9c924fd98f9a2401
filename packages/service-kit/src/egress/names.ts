import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';

/** One address of a name. */
export interface Resolved {
  readonly address: string;
  readonly family: number;
}
/** All addresses of a name. Errors have Node's codes: ENOTFOUND, or EAI_AGAIN if it may be there another time. */
export type Lookup = (host: string) => Promise<Resolved[]>;

export interface NamesOptions {
  /** Name servers, "192.0.2.1:53"; those of /etc/resolv.conf unless told otherwise. */
  readonly servers?: readonly string[];
  readonly hostsFile?: string;
  /** For one name, in milliseconds. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 8_000;
/** Until a name server is asked again, or the next one. */
const TRY_MS = 2_000;
const TRIES = 2;
/** A name server's answers that say that a name has no address. */
const ABSENT = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * Looks names up in /etc/hosts, then in DNS, in that order as most machines do. Not by getaddrinfo: that holds one of the
 * few threads which file access needs too, for as long as a name server is silent, and cannot be cancelled. So of
 * /etc/resolv.conf the name servers count, and not its search domains: a name means the same whatever machine reads it.
 */
export function lookupIn(o: NamesOptions = {}): Lookup {
  return async (host) => {
    const name = host.replace(/\.$/, '').toLowerCase();
    const local = inHosts(await hostsText(o.hostsFile ?? '/etc/hosts'), name);
    if (local.length > 0) return local;
    if (/^(.*\.)?localhost$/.test(name)) return [resolved('127.0.0.1'), resolved('::1')]; // RFC 6761 §6.3
    return inDns(name, o);
  };
}

async function inDns(name: string, { servers, deadlineMs = DEADLINE_MS }: NamesOptions): Promise<Resolved[]> {
  // One for each name, so that it alone is cancelled, and a change of /etc/resolv.conf is seen.
  const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
  if (servers) resolver.setServers(servers);
  const timer = setTimeout(() => resolver.cancel(), deadlineMs);
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  clearTimeout(timer);
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (found.length > 0) return found.map(resolved);
  const failures = answers.flatMap((answer) =>
    answer.status === 'rejected' ? [answer.reason as NodeJS.ErrnoException] : [],
  );
  if (failures.every(({ code = '' }) => ABSENT.has(code)))
    throw failed('ENOTFOUND', `there is no name ${name}`);
  throw failed('EAI_AGAIN', `the name ${name} could not be resolved`, failures[0]);
}

/** The text of /etc/hosts; empty where there is none. */
async function hostsText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

/** hosts(5): an address, then names of it; "#" begins a comment. */
function inHosts(text: string, name: string): Resolved[] {
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = (line.split('#')[0] ?? '').trim().toLowerCase().split(/\s+/);
    return isIP(address) && names.includes(name) ? [resolved(address)] : [];
  });
}

const resolved = (address: string): Resolved => ({ address, family: isIP(address) });

/** An error as Node's resolver has them. */
export const failed = (code: 'ENOTFOUND' | 'EAI_AGAIN', message: string, cause?: unknown) =>
  Object.assign(new Error(message, { cause }), { code });
