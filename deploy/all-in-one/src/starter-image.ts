import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pack } from 'tar-stream';
import { root } from './layout';

const BUSYBOX = '/bin/busybox';
const FILES = join(root, 'deploy', 'starter-image');
const directories = ['bin', 'etc', 'tmp', 'www', 'www/cgi-bin'];
const files = [
  { name: 'etc/passwd', mode: 0o644 },
  { name: 'etc/group', mode: 0o644 },
  { name: 'www/cgi-bin/index.cgi', mode: 0o755 },
];

export const starterCommand = [BUSYBOX, 'httpd', '-f', '-v', '-p', '8080', '-h', '/www'];

/** A whole root file system in about 2 MB: Debian's static busybox, its commands, and one page. The same bytes each time. */
export async function starterImage(): Promise<Buffer> {
  const tar = pack();
  const epoch = { mtime: new Date(0), uid: 0, gid: 0 };
  for (const name of directories)
    tar.entry({ ...epoch, name, type: 'directory', mode: name === 'tmp' ? 0o1777 : 0o755 });
  tar.entry({ ...epoch, name: 'bin/busybox', mode: 0o755 }, readFileSync(BUSYBOX));
  for (const name of applets())
    tar.entry({ ...epoch, name: `bin/${name}`, type: 'symlink', linkname: 'busybox' });
  for (const { name, mode } of files) tar.entry({ ...epoch, name, mode }, readFileSync(join(FILES, name)));
  tar.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of tar) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function applets(): string[] {
  const listing = execFileSync(BUSYBOX, ['--list'], { encoding: 'utf8', timeout: 10_000 });
  return listing.split('\n').filter((name) => name !== '' && name !== 'busybox');
}
