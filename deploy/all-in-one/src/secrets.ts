import { randomBytes } from 'node:crypto';
import { compareSync, hashSync } from 'bcryptjs';
import { type Layout, readIfThere, writePrivate } from './layout';

/** Kept as a file that only root reads; made on the first call. 192 bits. */
export function secret(layout: Layout, name: string): string {
  const file = layout.secret(name);
  const known = readIfThere(file)?.trim();
  if (known) return known;
  const made = randomBytes(24).toString('base64url');
  writePrivate(file, `${made}\n`);
  return made;
}

export const registryUser = 'thecloud';

/** The registry's password file. bcrypt is the one hash it takes, and it costs time on every request. */
export function registryPasswords(layout: Layout): string {
  const password = secret(layout, 'registry-password');
  const file = layout.secret('registry-htpasswd');
  const known = readIfThere(file);
  const hash = known?.trim().split(':')[1];
  if (known && hash && compareSync(password, hash)) return known;
  const line = `${registryUser}:${hashSync(password, 5)}\n`;
  writePrivate(file, line);
  return line;
}
