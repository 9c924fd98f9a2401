import { errors } from '../errors';
import { shown } from './tar-reader';
import type { TarEntry } from './tar-reader';

const PREFIX = 'SCHILY.xattr.';
const NAME_MAX = 255;
/** ext4 keeps all attributes of a file in one block of 4 KiB. */
const MAX_BYTES = 4000;

/** Refuses extended attributes that Linux does not take: INVALID_ARGUMENT IMAGE_ARCHIVE_INVALID. */
export function refuseBadAttributes({ name, pax }: TarEntry): void {
  let bytes = 0;
  for (const [key, value] of pax) {
    if (!key.startsWith(PREFIX)) continue;
    const attribute = key.slice(PREFIX.length);
    bytes += attribute.length + value.length + 16;
    if (attribute === '' || attribute.length > NAME_MAX || !isValid(attribute, value) || bytes > MAX_BYTES)
      throw errors.IMAGE_ARCHIVE_INVALID({
        why: `the extended attribute ${shown(attribute)} of ${shown(name)} is not valid on Linux`,
      });
  }
}

function isValid(attribute: string, value: string): boolean {
  const bytes = Buffer.from(value, 'latin1');
  switch (attribute) {
    case 'security.capability':
      // Revisions 1 to 3 of linux/capability.h, told by the last byte of the first word.
      return bytes.length === { 1: 12, 2: 20, 3: 24 }[bytes[3] ?? 0];
    case 'system.posix_acl_access':
    case 'system.posix_acl_default':
      return bytes.length >= 4 && bytes.readUInt32LE(0) === 2 && (bytes.length - 4) % 8 === 0;
    default:
      return true;
  }
}
