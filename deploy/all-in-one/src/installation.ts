import { readdirSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import { type Bridge, hasInterface, spareBridge } from '@thecloud/engines';
import { newId } from '@thecloud/kernel';
import { type Layout, readIfThere, writePrivate } from './layout';
import type { Ports } from './ports';

/** What is decided once, when an installation is first made. */
export interface Installation {
  /** This machine as a host of the cloud; also the label of all its containers. */
  hostId: string;
  /** Of the names of its containers; `thecloud` unless another installation may have the same instances. */
  containerPrefix?: string;
  ports: Ports;
  docker: {
    /** Of a daemon to use, where it is not on the usual one. */
    socket?: string;
    bridge?: Bridge;
    /** False where another daemon's rules would be lost: see DockerOptions. */
    iptables: boolean;
    /** Root in a container is nobody on this machine; not so where the containers are older than this setting. */
    userns?: boolean;
  };
}

export function readInstallation(layout: Layout): Installation | undefined {
  const text = readIfThere(layout.installation);
  return text === undefined ? undefined : (JSON.parse(text) as Installation);
}

export function writeInstallation(layout: Layout, installation: Installation): void {
  writePrivate(layout.installation, `${JSON.stringify(installation, null, 2)}\n`);
}

/** THECLOUD_DOCKER_SOCKET names a daemon to be used, if it answers. */
export function newInstallation(ports: Ports, env: NodeJS.ProcessEnv): Installation {
  const others = anotherDockerRuns();
  const bridgeTaken = hasInterface('thecloud0') || others;
  return {
    hostId: newId('host'),
    ports,
    docker: {
      iptables: !others,
      userns: true,
      ...(env.THECLOUD_DOCKER_SOCKET ? { socket: env.THECLOUD_DOCKER_SOCKET } : {}),
      ...(bridgeTaken ? { bridge: spareBridge() } : {}),
    },
  };
}

/**
 * What is restored may stand beside the original, with the same instances in its database: it is a host of its own, whose
 * containers have names of their own.
 */
export function restoredInstallation(ports: Ports, env: NodeJS.ProcessEnv): Installation {
  const fresh = newInstallation(ports, env);
  return { ...fresh, containerPrefix: `thecloud-${fresh.hostId.slice(-8)}` };
}

/** A daemon that is not on the usual socket, and so not adopted: it belongs to somebody else. */
function anotherDockerRuns(): boolean {
  return readdirSync('/proc').some((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    // "pid (name) state …": a zombie is only waiting to be reaped.
    return /^\d+ \(dockerd\) [^Z]/.test(readGone(`/proc/${pid}/stat`) ?? '');
  });
}

function readGone(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // the process ended between the two looks
  }
}
