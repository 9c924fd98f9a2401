import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { freePort, send, until } from '@thecloud/engines';
import { adminOf, withAdmin } from './database';
import { type CallOptions, page, TestInstallation } from './fixtures/installation';
import { layoutFrom, root } from './layout';
import { portTable } from './ports';

jest.setTimeout(240_000);
const made = new TestInstallation('up');
const { home, env } = made;
const verb = made.verb.bind(made);
const up = made.up.bind(made);
const pids = made.pids.bind(made);
const config = () => readFileSync(join(home, '.config/thecloud/config.yaml'), 'utf8');
async function signIn(): Promise<string> {
  const password = readFileSync(join(home, 'cloud/secrets/admin-password'), 'utf8').trim();
  const answer = await fetch(`http://127.0.0.1:${env[portTable.gateway.variable]}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'admin@thecloud.local', password }),
    signal: AbortSignal.timeout(10_000),
  });
  const said = await answer.text();
  const token = /cloudsess_[\w-]+/.exec(said)?.[0];
  if (!token) throw new Error(`no session: ${said}`);
  return token;
}
let hello: string;

interface Named {
  readonly metadata: { readonly id: string; readonly name: string };
}
interface Answered {
  readonly token?: string;
  readonly projects?: readonly Named[];
  readonly images?: readonly Named[];
}
const gatewayPort = (of: NodeJS.ProcessEnv = env) => of[portTable.gateway.variable];

const call = (method: string, path: string, options?: CallOptions) =>
  made.call<Answered>(method, path, options);
/** By the administrator of the installation in that directory. */
function launch(name: string, installation = 'cloud', port = gatewayPort()) {
  const key = made.apiKey(installation);
  const body = { name, spec: { type: 'nano-1', image: 'starter' } };
  return call('POST', '/v1/instances', { body, headers: { authorization: `Bearer ${key}` }, port });
}

beforeAll(async () => {
  await made.choosePorts();
  hello = await up();
});

afterAll(() => made.remove());

test('ends with an instance whose page answers', async () => {
  expect(await page(hello)).toContain('Your cloud works');
  expect(config()).toMatch(/current_context: local/);
});

test('somebody new finds the starter image in a project of their own', async () => {
  const account = { email: 'newcomer@example.com', password: 'correct horse battery' };
  expect((await call('POST', '/v1/users', { body: account })).status).toBe(201);
  const { token } = (await call('POST', '/v1/sessions', { body: account })).body;
  const session = { authorization: `Bearer ${token}` };
  const [project] = (await call('GET', '/v1/projects', { headers: session })).body.projects ?? [];
  const inside = { ...session, 'x-project-id': project?.metadata.id ?? '' };
  const { images } = (await call('GET', '/v1/images', { headers: inside })).body;
  expect(images?.map(({ metadata }) => metadata.name)).toEqual(['starter']);
});

test('status names every process, and all are ready', async () => {
  const { code, output } = await verb('status');
  expect(code).toBe(0);
  const [head = [], ...rows] = output.split('\n').map((line) => line.split(/ {2,}/));
  expect(head).toEqual(['NAME', 'PID', 'STATE', 'WHERE']);
  const states = Object.fromEntries(
    rows.filter((row) => row.length > 2).map(([name, , state]) => [name, state]),
  );
  const parts = ['postgres', 'etcd', 'nats', 'registry', 'docker', 'supervisor'];
  expect(Object.keys(states)).toEqual(expect.arrayContaining(parts));
  expect(Object.values(states).filter((state) => state !== 'ready' && state !== 'running')).toEqual([]);
});

test('a second time changes nothing', async () => {
  const before = { pids: pids(), config: config() };
  expect(await up()).toBe(hello);
  expect({ pids: pids(), config: config() }).toEqual(before);
});

test('no secret is readable by others, or stands in an argument list', () => {
  const open = readdirSync(join(home, 'cloud'), { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() && !/docker|registry|postgres|etcd|nats/.test(entry.parentPath.slice(home.length)),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => statSync(file).mode & 0o077 && !file.endsWith('/lock'));
  expect(open).toEqual([]);
  const secrets = readdirSync(join(home, 'cloud/secrets')).map((name) =>
    readFileSync(join(home, 'cloud/secrets', name), 'utf8').trim(),
  );
  for (const process of Object.values(pids())) {
    const text = ['cmdline', 'environ']
      .map((file) => readFileSync(`/proc/${process?.pid}/${file}`, 'utf8'))
      .join();
    for (const secret of secrets) expect(text).not.toContain(secret);
  }
});

test('a killed control plane comes back by itself', async () => {
  const before = pids()['control-plane'];
  if (before) send(before, 'SIGKILL');
  const isBack = () => {
    const now = pids()['control-plane'];
    return now !== undefined && now.pid !== before?.pid;
  };
  expect(await until(isBack, 5_000)).toBe(true);
});

test('a killed engine comes back by itself, and the API serves', async () => {
  const before = pids();
  for (const name of ['postgres', 'etcd', 'nats', 'registry', 'docker']) {
    const engine = before[name];
    if (!engine) throw new Error(`${name} does not run`);
    send(engine, 'SIGKILL');
    const isBack = () => ![undefined, engine.pid].includes(pids()[name]?.pid);
    expect([name, await until(isBack, 60_000)]).toEqual([name, true]);
  }
  const key = made.apiKey();
  const url = `http://127.0.0.1:${env[portTable.gateway.variable]}/v1/instances`;
  const serves = () =>
    fetch(url, { headers: { authorization: `Bearer ${key}` }, signal: AbortSignal.timeout(5_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  expect(await until(serves, 30_000)).toBe(true);
  expect(await up()).toBe(hello);
});

test('make clean does not lock the installation while it asks', async () => {
  const asks = spawn('script', ['--quiet', '--return', '--command', 'scripts/verb.sh clean', '/dev/null'], {
    cwd: root,
    env,
  });
  let said = '';
  asks.stdout.on('data', (text) => (said += String(text)));
  expect(await until(() => said.includes('[y/N]'), 30_000)).toBe(true);
  const locked = spawn('flock', ['--nonblock', join(home, 'cloud/lock'), 'true']);
  expect(await once(locked, 'exit')).toEqual([0, null]);
  asks.stdin.write('n\n');
  expect(await once(asks, 'exit')).toEqual([1, null]);
  expect(said).toContain('Nothing was removed');
});

test('an engine that does not stay alive is shown by status, and comes back when it can', async () => {
  const key = join(home, 'cloud/tls/nats/key.pem');
  const whole = readFileSync(key, 'utf8');
  writeFileSync(key, 'no key');
  const engine = pids()['nats'];
  if (engine) send(engine, 'SIGKILL');
  const shows = async () =>
    /^nats was started \d+ times in a row, .*nats: it ended/m.test((await verb('status')).output);
  expect(await until(shows, 60_000)).toBe(true);
  expect(readFileSync(join(home, 'cloud/log/supervisor.log'), 'utf8')).toContain(
    'nats could not be started (2 times in a row',
  );
  writeFileSync(key, whole);
  expect(await until(() => pids()['nats'] !== undefined, 60_000)).toBe(true);
  expect(await up()).toBe(hello);
});

test('a lost password of the administrator is replaced, and the one in the file works no more', async () => {
  expect((await verb('admin-password', { EMAIL: 'nobody@example.com' })).output).toContain(
    'name one of: admin@thecloud.local',
  );
  const before = { authorization: `Bearer ${await signIn()}` };
  expect((await call('GET', '/v1/projects', { headers: before })).status).toBe(200);
  const { code, output } = await verb('admin-password');
  expect(code).toBe(0);
  const oneTime = /One-time password +(\S+)/.exec(output)?.[1] ?? '';
  await expect(signIn()).rejects.toThrow('LOGIN_FAILED');
  // What the other tests sign in with.
  const password = 'correct horse battery staple';
  writeFileSync(join(home, 'cloud/secrets/admin-password'), `${password}\n`, { mode: 0o600 });
  const body = { email: 'admin@thecloud.local', password: oneTime, new_password: password };
  expect((await call('POST', '/v1/sessions', { body })).status).toBe(201);
  await signIn();
});

test('a killed make collect leaves a registry that the supervisor opens again', async () => {
  const marker = join(home, 'cloud/run/registry-collects');
  const script = join(root, 'deploy/all-in-one/dist/collect.js');
  const child = spawn(process.execPath, [script], { env, stdio: 'ignore' });
  expect(await until(() => existsSync(`${marker}.read-only`), 30_000, 1)).toBe(true);
  child.kill('SIGKILL');
  expect(await until(() => !existsSync(marker), 30_000)).toBe(true);
  expect(existsSync(`${marker}.read-only`)).toBe(false);
  expect(pids()['registry']).toBeDefined();
  expect(await up()).toBe(hello);
});

test('after kill -9 of everything it brings all back, with its data', async () => {
  for (const process of Object.values(pids())) if (process) send(process, 'SIGKILL');
  expect(await up()).toBe(hello);
  expect(await page(hello)).toContain('Your cloud works');
});

test('every service as its own process', async () => {
  expect(await up({ MODE: 'processes', THECLOUD_REGISTRATION: 'closed' })).toBe(hello);
  const running = Object.entries(pids()).flatMap(([name, process]) => (process ? [name] : []));
  expect(running).toEqual(expect.arrayContaining(['agent', 'compute', 'gateway', 'identity', 'supervisor']));
  expect(running).not.toContain('control-plane');
});

test('down stops every process, and the next up finds everything', async () => {
  // Somebody has signed in meanwhile.
  const session = await signIn();
  const file = join(home, '.config/thecloud/config.yaml');
  const own = config();
  writeFileSync(file, own.replace(/api_key: .*/, `session_token: ${session}`));
  const signedIn = config();
  expect((await verb('down')).code).toBe(0);
  expect(Object.values(pids()).filter((process) => process !== undefined)).toEqual([]);
  const { output } = await verb('up');
  expect(output).toContain(`Your first instance   ${hello}`);
  expect(output).not.toContain('password in');
  expect(config()).toBe(signedIn);
  writeFileSync(file, own);
  expect(output).toContain('settings: THECLOUD_REGISTRATION');
  const told = readFileSync(join(home, 'cloud/config/identity.env'), 'utf8');
  expect(told).toContain("THECLOUD_REGISTRATION='closed'");
});

test('a backup brings everything back after all is lost', async () => {
  const file = join(home, 'backup.tar');
  expect((await verb('backup', { TO: file })).output).toContain(`make restore FROM=${file}`);
  expect(statSync(file).mode & 0o077).toBe(0);
  expect((await verb('restore', { FROM: file })).output).toContain('There is an installation in');
  expect((await verb('clean', { FORCE: '1' })).code).toBe(0);
  expect((await verb('restore', { FROM: file })).output).toContain('Start it with: make up');
  await up();
  // The host has lost its containers and etcd its epochs: a new leader must be obeyed all the same.
  expect(await until(async () => (await page(hello)).includes('Your cloud works'), 60_000)).toBe(true);
});

test('a backup that loses the database says so, and leaves no file', async () => {
  const file = join(home, 'lost.tar');
  const layout = layoutFrom(env);
  const port = Number(env[portTable.postgres.variable]);
  const admin = adminOf(layout, port, `${layout.tls('postgres')}/ca.pem`);
  const { code, output } = await withAdmin(admin, async (client) => {
    await client.query('create table public.held ()');
    await client.query('begin');
    await client.query('lock table public.held in access exclusive mode'); // which a dump waits for
    const backup = verb('backup', { TO: file });
    const dump = `from pg_locks where relation = 'public.held'::regclass and not granted`;
    const waits = async () => (await client.query(`select pid ${dump}`)).rowCount === 1;
    expect(await until(waits, 30_000)).toBe(true);
    await client.query(`select pg_terminate_backend(pid) ${dump}`);
    const outcome = await backup;
    await client.query('drop table public.held');
    await client.query('commit');
    return outcome;
  });
  expect(code).toBe(1);
  expect(output).toMatch(/The database was not copied.*\n +What to do: try again once PostgreSQL is up/);
  expect(output).not.toContain('not foreseen');
  expect(readdirSync(home).filter((name) => name.startsWith('lost'))).toEqual([]);
  expect(readdirSync(layout.home).filter((name) => name.startsWith('backup-'))).toEqual([]);
});

test('a restored installation beside its original is a host of its own: its end leaves the original alone', async () => {
  const file = join(home, 'rehearsal.tar');
  const docker = join(home, 'cloud/docker/docker.sock');
  const containers = async () => {
    const all = await new Docker({ socketPath: docker }).listContainers({ all: true });
    return all.map(({ Id, Names: [name], State }) => ({ Id, name, State }));
  };
  const beside: NodeJS.ProcessEnv = {
    THECLOUD_HOME: join(home, 'rehearsal'),
    THECLOUD_DOCKER_SOCKET: docker,
  };
  for (const { variable } of Object.values(portTable)) beside[variable] = String(await freePort());
  const running = async () => (await containers()).filter(({ State }) => State === 'running').length;
  expect(await running()).toBe(1);
  expect((await verb('backup', { TO: file })).code).toBe(0);
  // What the backup does not know is not the rehearsal's to remove.
  expect((await launch('after-backup')).status).toBe(202);
  expect(await until(async () => (await running()) === 2, 60_000)).toBe(true);
  const before = await containers();

  expect((await verb('restore', { FROM: file, ...beside })).output).toContain('Start it with: make up');
  // Its port is the original's: what is restored says so, and touches nothing.
  const output = (await verb('up', beside)).output;
  expect(output).toContain('The cloud is up');
  expect(output).toContain(`--context local-${beside[portTable.gateway.variable]}`);
  expect(await containers()).toEqual(expect.arrayContaining(before));
  expect(config()).toMatch(/current_context: local\n/);
  expect(config()).toContain(`local-${beside[portTable.gateway.variable]}:`);
  expect((await launch('rehearsed', 'rehearsal', gatewayPort(beside))).status).toBe(202);
  expect(await until(async () => (await running()) === before.length + 1, 60_000)).toBe(true);

  expect((await verb('clean', { FORCE: '1', ...beside })).code).toBe(0);
  expect(await containers()).toEqual(before);
  expect(await page(hello)).toContain('Your cloud works');
  expect(config()).toMatch(/current_context: local\n/);
  expect(config()).not.toContain(`local-${beside[portTable.gateway.variable]}:`);
});

test('logs of one service can be followed where several share a process', async () => {
  expect(pids()['control-plane']).toBeDefined();
  const child = spawn(join(root, 'scripts/logs.sh'), { env: { ...env, ONLY: 'gateway' }, detached: true });
  let said = '';
  child.stdout.on('data', (text) => (said += String(text)));
  await fetch(hello.replace(/:\d+\//, `:${env[portTable.gateway.variable]}/health/live`));
  expect(await until(() => said.includes('gateway listens'), 10_000)).toBe(true);
  expect(said.split('\n').filter((line) => line && !line.includes('"service":"gateway"'))).toEqual([]);
  if (child.pid) process.kill(-child.pid, 'SIGTERM');
});

test('a taken port is named, with its holder and its variable', async () => {
  const taken = Number(env[portTable.gateway.variable]);
  const { code, output } = await verb('up', { THECLOUD_HOME: join(home, 'other') });
  expect(code).toBe(1);
  expect(output).toContain(`port ${taken} (gateway) is taken by pid`);
  expect(output).toContain(`${portTable.gateway.variable}=`);
  await verb('clean', { THECLOUD_HOME: join(home, 'other'), FORCE: '1' });
});
