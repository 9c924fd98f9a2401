import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { choosePorts, Layout, portTable, readInstallation } from '@thecloud/all-in-one';
import { freePort, postgresSocketDirectory } from '@thecloud/engines';
import { NoopHosts } from './noop-hosts';
import { endsWell } from './processes';

/** A whole cloud, as `make up MODE=processes` makes it, in a home and on ports of its own. */
export interface BenchCloud {
  readonly url: string;
  /** Of an owner in the first project. */
  readonly apiKey: string;
  readonly layout: Layout;
  /** PostgreSQL as its superuser, through its socket: what a bare program on the same machine would use. */
  readonly postgres: { host: string; port: number; user: string; password: string; database: string };
  call<T>(method: string, path: string, body?: object): Promise<T>;
  /** Hosts that pretend; the machine's own, which has Docker, is cordoned when the first comes. */
  readonly noopHosts: NoopHosts;
  /** Ends all of it and removes its data. */
  close(): Promise<void>;
}

const deploy = dirname(require.resolve('@thecloud/all-in-one'));
const UP_MS = 300_000;
const CALL_MS = 60_000;

/** One key drives the cloud as hard as it can: what `make up` lets one tenant take is not what is measured. */
const noLimits = {
  THECLOUD_GATEWAY_RATE_KEY: '100000',
  THECLOUD_GATEWAY_RATE_PROJECT: '100000',
  THECLOUD_GATEWAY_SERVED_AT_ONCE: '1000',
  THECLOUD_GATEWAY_MAX_REQUESTS_AT_ONCE: '1000',
  THECLOUD_GATEWAY_MAX_REQUESTS_AT_ONCE_OF_PROJECT: '1000',
  THECLOUD_GATEWAY_MAX_REQUESTS_AT_ONCE_OF_ADDRESS: '1000',
};

/**
 * Settings: of `make up`, besides its places. Limits: on what one tenant may take; {} for those of `make up`. Rejects
 * with what it said, if it fails.
 */
export async function startCloud(
  settings: Record<string, string> = {},
  limits: Record<string, string> = noLimits,
): Promise<BenchCloud> {
  const home = mkdtempSync(join(tmpdir(), 'thecloud-bench-'));
  const env = {
    PATH: process.env.PATH,
    THECLOUD_HOME: home,
    THECLOUD_CONFIG: join(home, 'cli.json'),
    MODE: 'processes',
    FORCE: '1',
    ...(await sparePorts()),
    ...limits,
    ...settings,
  };
  const verb = (name: string) => endsWell([join(deploy, `${name}.js`)], env, UP_MS);
  try {
    await verb('up');
    return describe(new Layout(home), () => verb('clean'));
  } catch (error) {
    await verb('clean');
    throw error;
  }
}

async function sparePorts(): Promise<Record<string, string>> {
  const variables = Object.values(portTable).map(({ variable }) => variable);
  const chosen: Record<string, string> = {};
  for (const variable of variables) chosen[variable] = String(await freePort());
  choosePorts(chosen); // throws if two are the same
  return chosen;
}

function describe(layout: Layout, clean: () => Promise<void>): BenchCloud {
  const installation = readInstallation(layout);
  if (!installation) throw new Error(`make up left no installation in ${layout.home}`);
  const secret = (name: string) => readFileSync(layout.secret(name), 'utf8').trim();
  const url = `http://127.0.0.1:${installation.ports.gateway}`;
  const apiKey = secret('api-key');
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(url + path, {
      method,
      headers: {
        'x-api-key': apiKey,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(CALL_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  };
  const noopHosts = new NoopHosts(layout, installation.hostId, call);
  return {
    url,
    apiKey,
    layout,
    postgres: {
      host: postgresSocketDirectory(layout.home),
      port: installation.ports.postgres,
      user: 'postgres',
      password: secret('postgres-password'),
      database: 'thecloud',
    },
    call,
    noopHosts,
    close: async () => {
      await noopHosts.close();
      await clean();
    },
  };
}
