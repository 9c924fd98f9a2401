import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { appendFileSync, createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as agent from '@thecloud/agent';
import { serviceManifests } from '@thecloud/all-in-one';
import * as gateway from '@thecloud/gateway';
import { loadConfig } from '@thecloud/service-kit';
import { Failpoints } from './failpoints';

type Settings = Readonly<Record<string, string | number | undefined>>;
interface Running {
  readonly port?: number;
  close(): Promise<void>;
}
/** A service by the name in its manifest. */
type Where = string;

const root = join(__dirname, '../..');

/** One process of the cloud: within the test, or on its own so that it can be killed. Settings outlive restarts. */
export class Part {
  #running: Running | undefined;
  #child: ChildProcess | undefined;
  #logged = 0;

  constructor(
    private readonly where: Where,
    private readonly own: boolean,
    private readonly settings: Settings,
  ) {}

  /** Of its server, while it runs within the test. */
  get port(): number {
    if (!this.#running?.port) throw new Error(`${this.where} does not run here, or has no port to show`);
    return this.#running.port;
  }

  /** Of a process of its own. */
  get pid(): number {
    if (!this.#child?.pid) throw new Error(`${this.where} is no process of its own`);
    return this.#child.pid;
  }

  /** Where a process of its own writes its log. */
  get logFile(): string {
    return join(this.#dir, 'process.log');
  }

  /** Of a process of its own, in a cloud that was started with them. */
  get failpoints(): Failpoints {
    return new Failpoints(String(this.settings['THECLOUD_FAILPOINTS']));
  }

  /** Where an agent keeps what must outlive it. */
  get dataDir(): string {
    return String(this.settings['THECLOUD_AGENT_DATA_DIR']);
  }

  /** Where compute keeps uploads while it reads them. */
  get spoolDir(): string {
    return String(this.settings['THECLOUD_SPOOL_DIR']);
  }

  get #dir(): string {
    return dirname(String(this.settings['THECLOUD_CERTIFICATE_DIR']));
  }

  async start(): Promise<void> {
    const env = Object.fromEntries(
      Object.entries(this.settings).flatMap(([k, v]) => (v === undefined ? [] : [[k, String(v)]])),
    );
    if (!this.own) this.#running = await startHere(this.where, env);
    else this.#child = this.#spawn(env);
  }

  /** kill -9: nothing is flushed, closed or said. Resolves when the process is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child) throw new Error(`${this.where} is no process of its own`);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    this.#child = undefined;
  }

  /** How often a process of its own has said so since it was last started. */
  logged(message: string): number {
    return this.#log().split(`"msg":"${message}`).length - 1;
  }

  /** Which of these it has said last, since it was last started; undefined: none. */
  lastLogged(...messages: string[]): string | undefined {
    const log = this.#log();
    const at = (message: string) => log.lastIndexOf(`"msg":"${message}`);
    const last = messages.reduce((a, b) => (at(b) > at(a) ? b : a));
    return at(last) < 0 ? undefined : last;
  }

  #log(): string {
    return readFileSync(this.logFile, 'utf8').slice(this.#logged);
  }

  /** Resolves when it serves: a process of its own says so after `start` has returned. */
  async serving(patienceMs = 120_000): Promise<void> {
    if (!this.own) return;
    const giveUp = Date.now() + patienceMs;
    const says = this.where === 'gateway' ? 'gateway listens' : 'serving';
    while (this.logged(says) === 0) {
      if (Date.now() > giveUp) throw new Error(`${this.where} does not serve after ${patienceMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Resolves when the process has ended by itself; at once if it has already. */
  async died(): Promise<void> {
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null)
      await new Promise((resolve) => child.once('exit', resolve));
    this.#child = undefined;
  }

  /** Stands still, as under memory pressure or a debugger, until `resume`; its connections stay open. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.#running?.close();
    this.#running = undefined;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
    this.#child = undefined;
  }

  #spawn(env: Record<string, string>): ChildProcess {
    mkdirSync(this.#dir, { recursive: true });
    appendFileSync(this.logFile, '', { mode: 0o600 });
    this.#logged = readFileSync(this.logFile, 'utf8').length;
    const log = createWriteStream(this.logFile, { flags: 'a', mode: 0o600 });
    const program = isEdge(this.where)
      ? [join(root, this.where, 'dist/main.js')]
      : [
          join(root, 'packages/service-kit/dist/run-service.js'),
          join(root, 'services', this.where, 'dist/manifest.js'),
        ];
    const child = spawn(process.execPath, program, {
      env: { PATH: process.env['PATH'], ...env, THECLOUD_LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout?.pipe(log);
    child.stderr?.pipe(log);
    return child;
  }
}

const isEdge = (where: Where) => where === 'gateway' || where === 'agent';

function startHere(where: Where, env: Record<string, string>): Promise<Running> {
  if (where === 'agent') return agent.start(loadConfig(agent.agentConfig, env));
  if (where === 'gateway') return gateway.start(loadConfig(gateway.gatewayConfig, env));
  const manifest = serviceManifests.find(({ name }) => name === where);
  if (!manifest) throw new Error(`there is no service ${where}`);
  return manifest.run(env);
}
