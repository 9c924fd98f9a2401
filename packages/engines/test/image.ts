import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../src/command';

/** The docker client, talking to one daemon, with no configuration of the user's. */
export function client(endpoint: string, configDirectory: string) {
  return (...args: string[]) => run('docker', ['--config', configDirectory, '--host', endpoint, ...args]);
}

/** A one-file image with a web server: `httpd` answers `text` on port 80. */
export async function importWebImage(
  docker: ReturnType<typeof client>,
  parent: string,
  tag: string,
  text: string,
) {
  const root = join(parent, `image-${text}`);
  mkdirSync(join(root, 'bin'), { recursive: true });
  mkdirSync(join(root, 'www'));
  copyFileSync('/bin/busybox', join(root, 'bin', 'busybox'));
  writeFileSync(join(root, 'www', 'index.html'), text);
  const tarball = join(parent, `image-${text}.tar`);
  await run('tar', ['-C', root, '-cf', tarball, '.']);
  const command = 'CMD ["/bin/busybox","httpd","-f","-p","80","-h","/www"]';
  await docker('import', '--change', command, tarball, tag);
}
