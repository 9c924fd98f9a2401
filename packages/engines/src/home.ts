import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { EngineError } from './engine';

/** Longest path a Unix socket may have, in bytes, without its closing zero. */
const SOCKET_PATH_LIMIT = 107;
/** Where an engine lives that cannot live in the project: open to every user's traversal, and short. */
const OUTSIDE = '/var/lib/thecloud';

export interface User {
  uid: number;
  gid: number;
}

export interface HomeNeeds {
  /** The user the engine runs as, when it is not us. */
  user?: User;
  /** Somebody who only passes through: what is inside has owners and modes of its own. */
  enteredBy?: User;
  /** The longest path, relative to the home, of a socket the engine opens there. */
  socket?: string;
}

/**
 * The directory of one engine's own files, made on the first call (0700, owned by `user`). Normally `<dir>/<name>`.
 * When that cannot work (a parent such as /root is closed to the engine's user, or the socket's path would be too
 * long) it is a directory under /var/lib/thecloud, and `<dir>/<name>` is a link to it.
 */
export function makeHome(dir: string, name: string, needs: HomeNeeds = {}): string {
  const inside = resolve(dir, name);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const { user, enteredBy } = needs;
  if (user ?? enteredBy) chmodSync(dir, statSync(dir).mode | 0o011);

  const kind = lstatSync(inside, { throwIfNoEntry: false });
  const obstacle = whyNotInside(inside, needs);
  if (kind?.isDirectory() && obstacle !== undefined) throw new EngineError(name, 'NOT_PERMITTED', obstacle);
  let home = inside;
  if (kind?.isSymbolicLink()) home = readlinkSync(inside);
  else if (obstacle !== undefined) {
    home = outside(dir, name);
    symlinkSync(home, inside);
  }
  if (home !== inside) {
    for (const parent of [OUTSIDE, dirname(home)]) {
      mkdirSync(parent, { recursive: true });
      chmodSync(parent, 0o711);
    }
  }
  makeDirectory(home, user);
  if (enteredBy) chmodSync(home, 0o711);
  return home;
}

/** Removes what `makeHome` made, wherever it is. */
export function removeHome(dir: string, name: string): void {
  const inside = resolve(dir, name);
  const home = homeOf(dir, name);
  rmSync(home, { recursive: true, force: true });
  rmSync(inside, { recursive: true, force: true });
  if (home !== inside) rmSync(dirname(home), { recursive: true, force: true });
}

/** Where the home is, whether or not it exists yet in the project. */
export function homeOf(dir: string, name: string): string {
  const inside = resolve(dir, name);
  const isLink = lstatSync(inside, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return isLink ? readlinkSync(inside) : inside;
}

/** A directory that only its owner may enter. */
export function makeDirectory(path: string, owner?: User): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
  if (owner) chownSync(path, owner.uid, owner.gid);
  return path;
}

/** Looks a system user up; undefined when there is none of that name. */
export function findUser(name: string): User | undefined {
  const row = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${name}:`));
  const [, , uid, gid] = row?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

function outside(dir: string, name: string): string {
  const key = createHash('sha256').update(resolve(dir, name)).digest('hex').slice(0, 12);
  return join(OUTSIDE, key, name);
}

function whyNotInside(inside: string, needs: HomeNeeds): string | undefined {
  if (needs.socket !== undefined && Buffer.byteLength(join(inside, needs.socket)) > SOCKET_PATH_LIMIT) {
    return `the path ${inside} is too long for a Unix socket; move the project to a shorter path`;
  }
  const user = needs.user ?? needs.enteredBy;
  const closed = user && closedParent(dirname(inside), user);
  if (closed === undefined) return undefined;
  return `the engine's user may not enter ${closed}; run chmod o+x ${closed}, or move the project elsewhere`;
}

/** The highest directory on the way to `path` that `user` cannot pass. */
function closedParent(path: string, user: User): string | undefined {
  const above = path === '/' ? undefined : closedParent(dirname(path), user);
  if (above !== undefined || !existsSync(path)) return above;
  const { mode, uid, gid } = statSync(path);
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  return mode & bit ? undefined : path;
}
