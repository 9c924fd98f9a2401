import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Engine, etcd, freePort, nats, postgres, type TlsFiles } from '@thecloud/engines';
import { ensureSecrets, issueEngineCertificate } from '@thecloud/identity';
import { alone, runDirectory } from './run-directory';

/** The PostgreSQL that all tests of a run share; each test file has databases of its own in it. */
export interface TestPostgres {
  readonly adminUrl: string;
  readonly port: number;
  /** Of the superuser and of every service's role. */
  readonly password: string;
  /** The run's authority and token key, as identity keeps them. */
  readonly secretsDir: string;
  readonly caFile: string;
}

/** Membership and events of one test file: nobody else's elections, replicas or hints are in them. */
export interface TestEngines extends TestPostgres {
  readonly etcdEndpoints: string;
  readonly natsUrl: string;
  readonly etcd: Engine;
  readonly nats: Engine;
  /** Of the PostgreSQL that the whole run shares. */
  postgresPid(): number | undefined;
  /** For whatever else the test file keeps on disk. Removed by `close`. */
  readonly dir: string;
  close(): Promise<void>;
}

/** The run's PostgreSQL, started by whoever asks first. */
export function testPostgres(): Promise<TestPostgres> {
  return alone('postgres', async () => {
    const dir = runDirectory();
    const known = join(dir, 'postgres.json');
    if (existsSync(known)) return JSON.parse(readFileSync(known, 'utf8')) as TestPostgres;
    const secretsDir = join(dir, 'secrets');
    const { caFile } = await ensureSecrets(secretsDir);
    const [port, password] = [await freePort(), randomBytes(16).toString('hex')];
    const engine = sharedPostgres({ port, password, tls: await certificate(secretsDir, dir, 'postgres') });
    await engine.start();
    const shared = { adminUrl: engine.endpoint, port, password, secretsDir, caFile };
    writeFileSync(known, JSON.stringify(shared), { mode: 0o600 });
    return shared;
  });
}

/** A PostgreSQL of a test file's own, which may be killed. Call `engine.destroy` in afterAll. */
export async function ownPostgres(): Promise<TestPostgres & { readonly engine: Engine }> {
  const dir = mkdtempSync(join(runDirectory(), 'postgres-'));
  chmodSync(dir, 0o711); // PostgreSQL's user passes through it
  const { secretsDir, caFile } = await testPostgres();
  const [port, password] = [await freePort(), randomBytes(16).toString('hex')];
  const tls = await certificate(secretsDir, dir, 'postgres');
  const engine = postgres({ dir, port, password, tls, durable: false });
  await engine.start();
  return { adminUrl: engine.endpoint, port, password, secretsDir, caFile, engine };
}

const sharedPostgres = (of: { port: number; password: string; tls?: TlsFiles }): Engine =>
  postgres({ dir: runDirectory(), durable: false, ...of });

/** Everything a service stands on, with mutual TLS as in production. Call `close` in afterAll. */
export async function testEngines(): Promise<TestEngines> {
  const shared = await testPostgres();
  const dir = mkdtempSync(join(runDirectory(), 'file-'));
  const tls = await certificate(shared.secretsDir, dir, 'engine');
  const store = etcd({ dir, clientPort: await freePort(), peerPort: await freePort(), tls });
  const bus = nats({ dir, port: await freePort(), tls });
  await Promise.all([store.start(), bus.start()]);
  return {
    ...shared,
    etcdEndpoints: store.endpoint,
    natsUrl: bus.endpoint,
    etcd: store,
    nats: bus,
    postgresPid: () => sharedPostgres(shared).pid(),
    dir,
    close: async () => {
      await Promise.all([store.destroy(), bus.destroy()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const certificate = (secretsDir: string, dir: string, name: string) =>
  issueEngineCertificate({ secretsDir, outDir: join(dir, `tls-${name}`), name });
