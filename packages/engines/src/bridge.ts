import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { BlockList } from 'node:net';
import { run } from './command';
import { EngineError } from './engine';

const IP = '/usr/sbin/ip';

/** A Linux bridge of one Docker daemon's own. */
export interface Bridge {
  /** At most 15 characters. */
  name: string;
  /** The bridge's own address, which is its containers' gateway, with the subnet's length: `172.30.0.1/16`. */
  address: string;
}

/** A bridge that collides with nothing on this machine: for a daemon beside other daemons. */
export function spareBridge(): Bridge {
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const [third = 0] = randomBytes(1);
    const bridge = { name: `tc-${randomBytes(4).toString('hex')}`, address: `172.31.${third}.1/24` };
    if (overlapping(bridge) === undefined) return bridge;
  }
  throw new EngineError('docker', 'CONFLICT', 'every subnet of 172.31.0.0/16 is in use on this machine');
}

/** Idempotent; also brings an existing bridge, as after a reboot of the network, back to its address. */
export async function ensureBridge(bridge: Bridge): Promise<void> {
  const other = overlapping(bridge);
  if (other !== undefined) {
    const message = `subnet ${bridge.address} is in use by interface ${other}; choose another one for containers`;
    throw new EngineError('docker', 'CONFLICT', message);
  }
  if (!(await bridgeExists(bridge))) await run(IP, ['link', 'add', bridge.name, 'type', 'bridge']);
  await run(IP, ['address', 'replace', bridge.address, 'dev', bridge.name]);
  await run(IP, ['link', 'set', bridge.name, 'up']);
}

export async function removeBridge(bridge: Bridge): Promise<void> {
  if (await bridgeExists(bridge)) await run(IP, ['link', 'delete', bridge.name]);
}

// Not by /sys/class/net, which shows the network namespace it was mounted in, and that may be another one.
async function bridgeExists(bridge: Bridge): Promise<boolean> {
  const links = await run(IP, ['-brief', 'link', 'show', 'type', 'bridge']);
  return links.split('\n').some((line) => line.split(' ')[0] === bridge.name);
}

/** The name of another interface whose subnet meets this bridge's. */
function overlapping(bridge: Bridge): string | undefined {
  const wanted = subnet(bridge.address);
  const own = bridge.address.split('/')[0] ?? '';
  return addresses().find(
    ({ name, address, length }) =>
      name !== bridge.name && (wanted.check(address) || subnet(`${address}/${length}`).check(own)),
  )?.name;
}

/** Is there an interface of this name with an address? */
export const hasInterface = (name: string): boolean => addresses().some((one) => one.name === name);

/** All IPv4 addresses of this machine. Node's own list leaves out a bridge while nothing is plugged into it. */
function addresses(): Array<{ name: string; address: string; length: number }> {
  const json = execFileSync(IP, ['-json', '-4', 'address', 'show'], { encoding: 'utf8', timeout: 10_000 });
  const links = JSON.parse(json) as Array<{
    ifname: string;
    addr_info: Array<{ local: string; prefixlen: number }>;
  }>;
  return links.flatMap(({ ifname, addr_info }) =>
    addr_info.map(({ local, prefixlen }) => ({ name: ifname, address: local, length: prefixlen })),
  );
}

/** The addresses of a subnet. */
export function subnet(cidr: string): BlockList {
  const [address = '', length = '32'] = cidr.split('/');
  const list = new BlockList();
  list.addSubnet(address, Number(length));
  return list;
}
