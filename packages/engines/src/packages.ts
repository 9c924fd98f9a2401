import { closeSync, existsSync, openSync, readSync } from 'node:fs';

/** Programs by path, and the Debian 12 package each comes from; scripts/install-packages.sh has the same list. */
const PROGRAMS: readonly (readonly [path: string, debianPackage: string])[] = [
  ['/usr/lib/postgresql/15/bin/postgres', 'postgresql-15'],
  ['/usr/bin/etcd', 'etcd-server'],
  ['/usr/sbin/nats-server', 'nats-server'],
  ['/usr/bin/docker-registry', 'docker-registry'],
  ['/usr/sbin/dockerd', 'docker.io'],
  ['/usr/sbin/iptables', 'iptables'],
  ['/usr/sbin/ip', 'iproute2'],
  ['/usr/bin/skopeo', 'skopeo'],
];

/** The Debian packages still to be installed before every engine can start. */
export function missingPackages(): string[] {
  const missing = PROGRAMS.filter(([path]) => !existsSync(path)).map(([, debianPackage]) => debianPackage);
  return isStaticallyLinked('/bin/busybox') ? missing : [...missing, 'busybox-static'];
}

/** Debian has two busyboxes at one path; the one that needs no libraries is a whole image by itself. */
function isStaticallyLinked(program: string): boolean {
  if (!existsSync(program)) return false;
  const fd = openSync(program, 'r');
  try {
    const head = Buffer.alloc(4096);
    readSync(fd, head, 0, head.length, 0);
    return !head.includes('/ld-linux');
  } finally {
    closeSync(fd);
  }
}
