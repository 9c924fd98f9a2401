import { readFileSync, writeFileSync } from 'node:fs';
import { type Bridge, subnet } from './bridge';
import { run } from './command';

const IPTABLES = '/usr/sbin/iptables';
const IP_FORWARD = '/proc/sys/net/ipv4/ip_forward';
const CHAINS = {
  filter: ['DOCKER', 'DOCKER-ISOLATION-STAGE-1', 'DOCKER-ISOLATION-STAGE-2', 'DOCKER-USER'],
  nat: ['DOCKER'],
};
type Table = keyof typeof CHAINS;
const TABLES: Table[] = ['filter', 'nat'];

/** What a Docker daemon changes for the whole machine. */
export interface Forwarding {
  policy: string;
  ipForward: string;
}

export async function readForwarding(): Promise<Forwarding> {
  const policy = (await rules('filter')).find(
    ([option, chain]) => option === '-P' && chain === 'FORWARD',
  )?.[2];
  return { policy: policy ?? 'ACCEPT', ipForward: readFileSync(IP_FORWARD, 'utf8').trim() };
}

/**
 * Removes the iptables rules that a Docker daemon wrote for one bridge; dockerd itself leaves them behind. The chains
 * all daemons share go only with the last bridge that uses them, and with them forwarding goes back to `before`.
 */
export async function removeRules(bridge: Bridge, before: Forwarding | undefined): Promise<void> {
  const containers = subnet(bridge.address);
  const ours = (word: string) => word === bridge.name || containers.check(word.split(/[/:]/)[0] ?? '');
  for (const table of TABLES) {
    for (const rule of await rules(table)) {
      if (rule[0] === '-A' && rule.some(ours)) await iptables(table, ['-D', ...rule.slice(1)]);
    }
  }
  const serveOthers = (rule: string[]) =>
    rule[1] === 'FORWARD' && rule.includes('-o') && rule.at(-1) === 'DOCKER';
  if ((await rules('filter')).some(serveOthers)) return;
  for (const table of TABLES) await removeChains(table);
  if (!before) return;
  await iptables('filter', ['-P', 'FORWARD', before.policy]);
  writeFileSync(IP_FORWARD, before.ipForward);
}

async function removeChains(table: Table): Promise<void> {
  const all = await rules(table);
  const chains = CHAINS[table].filter((chain) => all.some((rule) => rule[0] === '-N' && rule[1] === chain));
  for (const rule of all) {
    if (rule[0] === '-A' && chains.includes(rule.at(-1) ?? ''))
      await iptables(table, ['-D', ...rule.slice(1)]);
  }
  for (const chain of chains) await iptables(table, ['-F', chain]);
  for (const chain of chains) await iptables(table, ['-X', chain]);
}

/** Every rule and chain of a table as the arguments that make it. */
async function rules(table: Table): Promise<string[][]> {
  const listing = await iptables(table, ['-S']);
  return listing
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '));
}

function iptables(table: Table, args: string[]): Promise<string> {
  return run(IPTABLES, ['-w', '5', '-t', table, ...args]);
}
