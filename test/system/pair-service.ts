import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { appendFileSync, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { newId } from '@thecloud/kernel';
import { pairMigrations, testConfig, testDatabase } from '@thecloud/testkit';
import type { TestDatabase } from '@thecloud/testkit';
import type { Cloud } from './cloud';
import { Failpoints } from './failpoints';

const MAIN = join(__dirname, '../../packages/testkit/dist/pair-service/main.js');

/** One replica of the second service, as a process that can be killed. */
export class PairReplica {
  #child: ChildProcess | undefined;
  #n = 0;
  readonly failpoints: Failpoints;
  readonly logFile: string;

  constructor(
    private readonly dir: string,
    private readonly settings: Readonly<Record<string, string | number | undefined>>,
  ) {
    this.failpoints = new Failpoints(join(dir, 'failpoints'));
    this.logFile = join(dir, 'process.log');
  }

  get pid(): number {
    if (!this.#child?.pid) throw new Error('the pair service does not run');
    return this.#child.pid;
  }

  /** Resolves when it serves. */
  async start(): Promise<void> {
    const settings = { ...this.settings, THECLOUD_FAILPOINTS: join(this.dir, 'failpoints') };
    const env = Object.fromEntries(
      Object.entries(settings).flatMap(([k, v]) => (v === undefined ? [] : [[k, String(v)]])),
    );
    const child = fork(MAIN, {
      env: { PATH: process.env['PATH'], ...env, THECLOUD_LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    appendFileSync(this.logFile, '', { mode: 0o600 });
    const log = createWriteStream(this.logFile, { flags: 'a' });
    child.stdout?.pipe(log);
    child.stderr?.pipe(log);
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', () => reject(new Error(`the pair service ended: see ${this.logFile}`)));
    });
  }

  /** Resolves when it has answered. Rejects if it has refused, or died meanwhile. */
  ask(wish: 'create' | 'remove', ...args: unknown[]): Promise<void> {
    const child = this.#child;
    const n = ++this.#n;
    return new Promise((resolve, reject) => {
      const end = (how: () => void) => {
        child?.off('message', answered);
        child?.off('exit', died);
        how();
      };
      const died = () => end(() => reject(new Error('it died')));
      const answered = ({ n: answers, error }: { n: number; error?: string }) => {
        if (answers === n) end(() => (error ? reject(new Error(error)) : resolve()));
      };
      child?.on('message', answered);
      child?.on('exit', died);
      child?.send({ n, wish, args }, (error) => error && end(() => reject(error)));
    });
  }

  /** Resolves when the process has ended by itself. */
  async died(): Promise<void> {
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null)
      await new Promise((resolve) => child.once('exit', resolve));
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async stop(): Promise<void> {
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    await this.died();
  }
}

export interface PairService {
  readonly database: TestDatabase;
  readonly first: PairReplica;
  /** Another replica; not started. */
  replica(): Promise<PairReplica>;
  close(): Promise<void>;
}

/** Id, and all else that a new pair takes. */
export const newPair = (projectId: string, name: string) => ({
  ...{ id: newId('operation').replace('op_', 'pair_'), projectId, name },
  ...{ image: 'starter', type: 'nano-1', requestedBy: 'usr_test' },
});

/** The second service, on a database of its own, beside a running cloud. */
export async function startPairService(cloud: Cloud): Promise<PairService> {
  const database = await testDatabase('orchestration', pairMigrations);
  const replicas: PairReplica[] = [];
  const replica = async () => {
    const config = await testConfig(cloud.engines, database, 'orchestration', cloud.enrollPort);
    const made = new PairReplica(join(config.THECLOUD_CERTIFICATE_DIR, '..'), { ...config });
    replicas.push(made);
    return made;
  };
  const first = await replica();
  await first.start();
  return {
    ...{ database, first, replica },
    close: async () => {
      for (const each of replicas) await each.stop();
      await database.close();
    },
  };
}
