import { chmodSync, existsSync, lstatSync, mkdirSync, readlinkSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client, type ClientConfig } from 'pg';
import { makeCertificates } from '../test/certificates';
import { crash, processOf, Scratch } from '../test/scratch';
import { commandLine } from './proc';
import { freePort } from './ports';
import { postgres } from './postgres';

jest.setTimeout(120_000);
const PASSWORD = "it's secret";
const scratch = new Scratch();
afterAll(() => scratch.destroy());

async function query(port: number, text: string, ssl?: ClientConfig['ssl']): Promise<unknown[]> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: PASSWORD,
    database: 'postgres',
    ssl,
  });
  try {
    await client.connect();
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe('PostgreSQL', () => {
  const { dir } = scratch;
  const tls = makeCertificates(dir);
  let port: number;
  const make = (options = {}) => postgres({ dir, port, password: PASSWORD, tls, durable: false, ...options });
  const ssl = { ca: readFileSync(tls.ca), checkServerIdentity: () => undefined };

  beforeAll(async () => {
    port = await freePort();
    await scratch.add(make()).start();
  });

  test('answers over TLS and refuses plain text', async () => {
    expect(await query(port, 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()', ssl)).toEqual([
      { ssl: true },
    ]);
    await expect(query(port, 'SELECT 1')).rejects.toThrow(/no encryption/);
  });

  test('keeps its key private and the password out of arguments and files', () => {
    expect(statSync(join(dir, 'postgres', 'tls', 'server.key')).mode & 0o777).toBe(0o600);
    expect(statSync(join(dir, 'postgres')).mode & 0o777).toBe(0o700);
    expect(existsSync(join(dir, 'postgres', 'password'))).toBe(false);
    expect(commandLine(processOf(make()).pid).join(' ')).not.toContain(PASSWORD);
  });

  test('a second start adopts the running process', async () => {
    const before = make().pid();
    const second = make();
    await second.start();
    expect(second.pid()).toBe(before);
    expect(await second.ready()).toBe(true);
  });

  test('kill -9 loses nothing', async () => {
    await query(port, 'CREATE TABLE kept AS SELECT 42 AS n', ssl);
    await crash(make());
    expect(await make().ready()).toBe(false);
    await make().start();
    expect(await query(port, 'SELECT n FROM kept', ssl)).toEqual([{ n: 42 }]);
  });

  test('takes renewed certificates over without a restart', async () => {
    const before = make().pid();
    await make().reload();
    expect(make().pid()).toBe(before);
    expect(await query(port, 'SELECT 1 AS n', ssl)).toEqual([{ n: 1 }]);
  });

  test('asks for client certificates when told', async () => {
    await make().stop();
    expect(make().pid()).toBeUndefined();
    await make({ clientCertificates: true }).start();
    await expect(query(port, 'SELECT 1', ssl)).rejects.toThrow(/certificate/);
    const mutual = { ...ssl, cert: readFileSync(tls.cert), key: readFileSync(tls.key) };
    expect(await query(port, 'SELECT 1 AS n', mutual)).toEqual([{ n: 1 }]);
    await make().stop();
  });

  test('a taken port is named with its holder', async () => {
    const squatter = createServer().listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    await expect(make().start()).rejects.toThrow(
      new RegExp(`port ${port} on 127.0.0.1 is taken by pid ${process.pid} .*choose another port`),
    );
    squatter.close();
    await once(squatter, 'close');
  });

  test('an engine that ends while starting shows why', async () => {
    const broken = make({ tls: { ...tls, cert: tls.key } });
    await expect(broken.start()).rejects.toThrow(/ended while starting[^]*could not load server certificate/);
    expect(broken.pid()).toBeUndefined();
  });
});

test('lives outside a project that its user cannot enter, and leaves nothing there', async () => {
  const closed = join(scratch.dir, 'closed');
  mkdirSync(closed, { mode: 0o700 });
  chmodSync(closed, 0o700);
  const dir = join(closed, '.cloud');
  const engine = scratch.add(postgres({ dir, port: await freePort(), password: PASSWORD, durable: false }));
  await engine.start();
  expect(lstatSync(join(dir, 'postgres')).isSymbolicLink()).toBe(true);
  const home = readlinkSync(join(dir, 'postgres'));
  await engine.destroy();
  expect(existsSync(home)).toBe(false);
  expect(lstatSync(join(dir, 'postgres'), { throwIfNoEntry: false })).toBeUndefined();
});
