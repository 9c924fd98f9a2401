import { z } from 'zod';

/** Linux takes no longer argument or variable (MAX_ARG_STRLEN, with the NUL at its end). */
const MAX_ARGUMENT_BYTES = 128 * 1024 - 1;
/** A path on the host begins with the directory of the container, and both together have PATH_MAX bytes. */
const MAX_PATH_BYTES = 2048;
const MAX_PATH_PARTS = 200;
const MAX_NAME_BYTES = 255;
const MAX_ID = 2 ** 31 - 1;
/** Docker puts these into each container itself, as files. */
const DOCKER_FILES = ['/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/.dockerenv', '/sbin/docker-init'];

const bytes = (text: string) => Buffer.byteLength(text);
const noNul = (text: string) => !text.includes('\0');
const WITHOUT_NUL = 'must not contain a NUL character';

/** As Go compares names: by letters that differ in case only, the long s and the Kelvin sign among them. */
export const folded = (name: string) => name.toUpperCase().toLowerCase();

export const text = z.string().refine(noNul, WITHOUT_NUL);
export const argument = text.refine(
  (item) => bytes(item) <= MAX_ARGUMENT_BYTES,
  'must be shorter than 128 KiB',
);
export const variable = argument.refine((item) => !item.startsWith('='), 'must begin with a name');

const path = text
  .refine(
    (given) => bytes(given) <= MAX_PATH_BYTES && given.split('/').length <= MAX_PATH_PARTS,
    `must have at most ${MAX_PATH_BYTES} bytes and ${MAX_PATH_PARTS} parts`,
  )
  .refine(
    (given) => given.split('/').every((part) => bytes(part) <= MAX_NAME_BYTES),
    `must have no part of more than ${MAX_NAME_BYTES} bytes`,
  );

export const workingDir = path
  .refine((given) => given === '' || given.startsWith('/'), 'must be an absolute path')
  .nullish();

/** Docker reads it from the root of the image: "data" is "/data", and ".." does not lead out. */
export const volume = path.refine((given) => !isDockers(absolute(given)), 'is no place for a volume');

function absolute(given: string): string {
  const parts: string[] = [];
  for (const part of given.split('/'))
    if (part === '..') parts.pop();
    else if (part && part !== '.') parts.push(part);
  return `/${parts.join('/')}`;
}

const isDockers = (at: string) =>
  at === '/' || at === '/dev' || at === '/proc' || at.startsWith('/proc/') || DOCKER_FILES.includes(at);

/** "user", "user:group": names of /etc/passwd and /etc/group, or numbers. Whether they are there is not checked. */
export const user = z
  .string()
  .max(256)
  .regex(/^[^\s\x00-\x1f\x7f/]*$/, 'must be names or numbers of a user and a group')
  .refine(
    (given) =>
      given.split(':').every((id) => !/^[+-]?\d+$/.test(id) || (Number(id) >= 0 && Number(id) <= MAX_ID)),
    `must have numbers from 0 to ${MAX_ID}`,
  )
  .nullish();
