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
  ports: Ports;
  docker: {
    bridge?: Bridge;
    /** False where another daemon's rules would be lost: see DockerOptions. */
    iptables: boolean;
  };
}

export function readInstallation(layout: Layout): Installation | undefined {
  const text = readIfThere(layout.installation);
  return text === undefined ? undefined : (JSON.parse(text) as Installation);
}

export function writeInstallation(layout: Layout, installation: Installation): void {
  writePrivate(layout.installation, `${JSON.stringify(installation, null, 2)}\n`);
}

export function newInstallation(ports: Ports): Installation {
  const others = anotherDockerRuns();
  const bridgeTaken = hasInterface('thecloud0') || others;
  return {
    hostId: newId('host'),
    ports,
    docker: { iptables: !others, ...(bridgeTaken ? { bridge: spareBridge() } : {}) },
  };
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
