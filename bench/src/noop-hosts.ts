import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Layout } from '@thecloud/all-in-one';
import { until } from '@thecloud/engines';
import { createJoinToken } from '@thecloud/identity';
import { newId } from '@thecloud/kernel';
import { end, startNode } from './processes';

type Call = <T>(method: string, path: string, body?: object) => Promise<T>;

const main = join(__dirname, '../../agent/dist/main.js');
const READY_MS = 30_000;

/** Agents with the noop driver, each a process of its own, of any size. */
export class NoopHosts {
  readonly #agents: ChildProcess[] = [];

  constructor(
    private readonly layout: Layout,
    private readonly machine: string,
    private readonly call: Call,
  ) {}

  /** Answers with its host id when it is ready to be given instances. */
  async add(vcpus = 1_000_000, memoryMib = 1_000_000_000): Promise<string> {
    if (this.#agents.length === 0) await this.call('POST', `/v1/hosts/${this.machine}:cordon`, {});
    const hostId = newId('host');
    this.#agents.push(startNode([main], await this.#environment(hostId, vcpus, memoryMib)));
    const ready = await until(() => this.#isReady(hostId), READY_MS, 100);
    if (!ready) throw new Error(`noop host ${hostId} is not ready after ${READY_MS / 1000} s`);
    return hostId;
  }

  async close(): Promise<void> {
    await Promise.all(this.#agents.map(end));
  }

  async #isReady(hostId: string): Promise<boolean> {
    const { hosts } = await this.call<{ hosts: { metadata: { id: string }; status: { state: string } }[] }>(
      'GET',
      '/v1/hosts?page_size=500',
    );
    return hosts.some(({ metadata, status }) => metadata.id === hostId && status.state === 'ready');
  }

  /** As the machine's own agent has it, in places of its own. */
  async #environment(hostId: string, vcpus: number, memoryMib: number): Promise<NodeJS.ProcessEnv> {
    const dir = this.layout.process(hostId);
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const token = await createJoinToken({
      secretsDir: this.layout.identitySecrets,
      kind: 'agent',
      name: hostId,
    });
    writeFileSync(join(dir, 'join-token'), token, { mode: 0o600 });
    return {
      ...parseEnv(readFileSync(this.layout.environment('agent'), 'utf8')),
      THECLOUD_CERTIFICATE_DIR: join(dir, 'certificate'),
      THECLOUD_JOIN_TOKEN_PATH: join(dir, 'join-token'),
      THECLOUD_OPS_ADDRESS: '127.0.0.1:0',
      THECLOUD_AGENT_LISTEN_ADDRESS: '127.0.0.1:0',
      THECLOUD_AGENT_DATA_DIR: join(dir, 'data'),
      THECLOUD_AGENT_DRIVER: 'noop',
      THECLOUD_AGENT_NOOP_VCPUS: String(vcpus),
      THECLOUD_AGENT_NOOP_MEMORY_MIB: String(memoryMib),
    };
  }
}
