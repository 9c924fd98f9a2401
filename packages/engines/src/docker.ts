import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Bridge, ensureBridge, removeBridge } from './bridge';
import { mountCgroups } from './cgroups';
import { run } from './command';
import { answers, ping, removeAllContainers } from './docker-api';
import { type Engine } from './engine';
import { type Forwarding, readForwarding, removeRules } from './firewall';
import { homeOf, makeDirectory, makeHome, type User } from './home';
import { commandLine, identify, livePids } from './proc';
import { removeStaleLock, terminate } from './process';
import { supervise } from './supervise';
import { until } from './until';

const NAME = 'docker';
/** Whoever root in a container is: it owns nothing on this machine. */
const ANYBODY: User = { uid: -1, gid: -1 };
const DEFAULT_BRIDGE: Bridge = { name: 'thecloud0', address: '172.30.0.1/16' };

export interface DockerOptions {
  dir: string;
  /** Where a daemon may answer already, which is then used and never stopped; /var/run/docker.sock unless told. */
  socket?: string;
  /** False: never use a daemon that is not ours. */
  adopt?: boolean;
  /** The bridge of our own daemon's containers; `spareBridge()` beside other daemons. */
  bridge?: Bridge;
  /**
   * False beside other daemons, as in tests: dockerd empties the iptables chains that all daemons share when it starts,
   * which cuts the others' published ports. Ports are then published by user-space proxies, which end with dockerd,
   * and containers reach nothing beyond their bridge and this machine.
   */
  iptables?: boolean;
  /**
   * True: root in a container of our own daemon is nobody on this machine (the range of `dockremap` in /etc/subuid,
   * which dockerd adds). To be decided before its first start: containers and images of the other kind are out of sight.
   */
  userns?: boolean;
}

/**
 * The Docker daemon that answers already, or else our own. Containers of our own run on while it is stopped or killed,
 * with `iptables` their published ports too, and it takes them over again at its next start.
 */
export function docker(options: DockerOptions): Engine {
  const { dir, bridge = DEFAULT_BRIDGE, iptables = true, userns = false } = options;
  const foreignSocket = options.adopt === false ? undefined : (options.socket ?? '/var/run/docker.sock');
  const home = () => homeOf(dir, NAME);
  const ownSocket = () => join(home(), 'docker.sock');
  let isForeign = false;

  const own = supervise({
    name: NAME,
    dir,
    endpoint: '',
    program: '/usr/sbin/dockerd',
    debianPackage: 'docker.io',
    ports: [],
    async prepare() {
      const socket = 'exec/containerd/containerd.sock.ttrpc';
      makeHome(dir, NAME, { socket, ...(userns ? { enteredBy: ANYBODY } : {}) });
      const exec = makeDirectory(join(home(), 'exec'));
      removeStaleLocks(home(), exec);
      await mountCgroups();
      if (iptables) await rememberForwarding(home());
      await ensureBridge(bridge);
      return { args: daemonArguments(home(), bridge, { iptables, userns }), env: proxyEnvironment() };
    },
    probe: (signal) => ping(ownSocket(), signal),
    reload: () => undefined,
    stopGraceMs: 30_000,
    startTimeoutMs: 60_000,
  });

  /** Tenants' containers are in our daemon once it has existed, so a foreign one that comes later is not adopted. */
  async function findForeign(): Promise<boolean> {
    const hasOwn = lstatSync(resolve(dir, NAME), { throwIfNoEntry: false }) !== undefined;
    isForeign = foreignSocket !== undefined && !hasOwn && (await answers(foreignSocket));
    return isForeign;
  }

  async function destroyOwn(): Promise<void> {
    if (!existsSync(home())) return own.destroy();
    await own.start();
    await removeAllContainers(ownSocket());
    await own.stop();
    await endShims(home());
    await unmountBelow(home());
    await removeBridge(bridge);
    if (iptables) await removeRules(bridge, recallForwarding(home()));
    await own.destroy();
  }

  return {
    name: NAME,
    get endpoint() {
      return `unix://${isForeign && foreignSocket !== undefined ? foreignSocket : ownSocket()}`;
    },
    async start() {
      if (!(await findForeign())) await own.start();
    },
    async ready() {
      return (await findForeign()) || own.ready();
    },
    reload: () => own.reload(),
    stop: () => own.stop(),
    destroy: destroyOwn,
    pid: () => own.pid(),
  };
}

function daemonArguments(
  home: string,
  bridge: Bridge,
  { iptables, userns }: { iptables: boolean; userns: boolean },
): string[] {
  const exec = join(home, 'exec');
  return [
    ...['--data-root', join(home, 'data'), '--exec-root', exec, '--pidfile', join(home, 'docker.pid')],
    ...['--host', `unix://${join(home, 'docker.sock')}`, '--group', 'root'],
    ...['--bridge', bridge.name, '--live-restore', '--log-level', 'warn'],
    ...['--log-opt', 'max-size=10m', '--log-opt', 'max-file=3'],
    // Without iptables nothing keeps containers apart, and only a proxy process can publish a port.
    ...(iptables ? ['--userland-proxy=false', '--icc=false'] : ['--iptables=false', '--ip-masq=false']),
    ...(userns ? ['--userns-remap', 'default'] : []),
    // Only matters where a system-wide containerd runs, which dockerd then uses: keeps our containers from others'.
    ...['--containerd-namespace', `thecloud-${bridge.name}`],
    ...['--containerd-plugins-namespace', `thecloud-${bridge.name}-plugins`],
  ];
}

/** dockerd refuses to start, or waits for ever, when a pid in one of these files exists, even as a zombie. */
function removeStaleLocks(home: string, exec: string): void {
  const mentions = (path: string) => (pid: number) => commandLine(pid).some((word) => word.includes(path));
  removeStaleLock(join(home, 'docker.pid'), mentions(home));
  removeStaleLock(join(exec, 'containerd', 'containerd.pid'), mentions(exec));
}

/** Image pulls from outside go through the proxy that the caller's environment names. */
export function proxyEnvironment(): Record<string, string> {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/** Ends what kept containers running when their daemon no longer knows them. */
async function endShims(home: string): Promise<void> {
  const isOurs = (pid: number) => {
    const words = commandLine(pid);
    return (words[0] ?? '').includes('containerd-shim') && words.some((word) => word.startsWith(home));
  };
  await until(() => !livePids().some(isOurs), 5_000);
  for (const pid of livePids().filter(isOurs)) {
    const shim = identify(pid);
    if (shim) await terminate(shim, 'SIGKILL', 5_000);
  }
}

async function unmountBelow(home: string): Promise<void> {
  const targets = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((target) => target.startsWith(`${home}/`));
  for (const target of targets.reverse()) await run('/usr/bin/umount', ['--lazy', target]);
}

/** The machine's settings before our first start, kept until `destroy` puts them back. */
async function rememberForwarding(home: string): Promise<void> {
  const file = join(home, 'forwarding.json');
  if (existsSync(file)) return;
  const before = await readForwarding();
  writeFileSync(file, JSON.stringify(before), { mode: 0o600 });
}

function recallForwarding(home: string): Forwarding | undefined {
  const file = join(home, 'forwarding.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Forwarding) : undefined;
}
