import { and, eq, inArray } from 'drizzle-orm';
import { again, settled } from '@thecloud/reconcile';
import type { Outcome, Reconciler, Term } from '@thecloud/reconcile';
import type { identityV1 } from '@thecloud/api';
import type { Database, Logger, PgWorkSource, UnaryClient } from '@thecloud/service-kit';
import { instance } from '../instance/instance.schema';
import { INSTANCE } from '../instance/instance.order';
import { instanceRepo } from '../instance/instance.repo';
import { orphanKey } from '../instance/orphan';
import type { Agents } from './agents';
import type { HostChanged } from './host.changes';
import { hostRepo } from './host.repo';
import { judge } from './host.plan';
import type { HostRow } from './host.repo';
import { removeHost } from './remove-host';
import { HOST_LEASE_SECONDS } from './liveness';
import type { HostLiveness } from './liveness';

const CALL_MS = 5_000;
const LIST_PAGE = 1_000;
/** A host that has not joined so long after it was last announced is removed, in ms. */
const JOIN_WITHIN_MS = 24 * 3_600_000;

export interface HostControllerDeps {
  readonly db: Database;
  readonly work: PgWorkSource;
  readonly agents: Agents;
  readonly liveness: HostLiveness;
  readonly authority: Pick<UnaryClient<identityV1.CertificateServiceClient>, 'revokePeer'>;
  readonly log: Logger;
  readonly changed: HostChanged;
  /** A host that stays silent this long after its lease ended is given up. */
  readonly fenceMs: number;
}

/** Says which hosts are silent, gives up those that stay so, and finds what is not (or no longer) meant to be on a host. */
export class HostController implements Reconciler {
  readonly name = 'host';
  readonly resyncMs = 30_000;
  readonly deadlineMs = 20_000;
  readonly concurrency = 8;

  constructor(private readonly d: HostControllerDeps) {}

  async reconcile(id: string, term: Term): Promise<Outcome> {
    const row = await this.d.db.read('system', (tx) => hostRepo.find(tx, id));
    if (!row) return this.#forget(id, term);
    if (row.state === 'joining') return this.#await(row, term);
    const alive = await this.d.liveness.alive(id);
    if (alive === undefined) return again(2_000); // nobody knows: change nothing
    if (!alive) return row.state === 'dead' ? settled : this.#silent(row, term);
    await this.#reportOrphans(row, term);
    return settled;
  }

  /** It was removed: identity is told, so that its agent's certificate is not renewed. */
  async #forget(id: string, term: Term): Promise<Outcome> {
    if (await this.d.db.read('system', (tx) => hostRepo.isToBeRevoked(tx, id)))
      await this.d.authority.revokePeer(
        { kind: 'agent', name: id },
        { timeoutMs: CALL_MS, signal: term.signal },
      );
    await this.d.work.fenced(this.name, term.epoch, async (tx) => {
      await hostRepo.revoked(tx, id);
      await this.d.work.forget(tx, this.name, id);
    });
    return settled;
  }

  /** Announced: removed if nobody joins as it in time. */
  async #await(row: HostRow, term: Term): Promise<Outcome> {
    const leftMs = row.updatedAt.getTime() + JOIN_WITHIN_MS - Date.now();
    if (leftMs > 0) return again(Math.min(leftMs, this.resyncMs));
    await this.d.work.fenced(this.name, term.epoch, async (tx) => {
      await hostRepo.alone(tx, row.id);
      const now = await hostRepo.find(tx, row.id);
      if (now?.state === 'joining' && now.version === row.version)
        await removeHost(tx, row.id, this.d.changed);
    });
    this.d.log.info({ hostId: row.id, name: row.name }, 'nobody joined as this host in time: it is removed');
    return again(0);
  }

  /** One transaction says that it is silent, since when, and whether it is given up: a beat comes before or after it. */
  async #silent(row: HostRow, term: Term): Promise<Outcome> {
    const heard = row.lastSeenAt
      ? `Its agent was last heard at ${row.lastSeenAt.toISOString()}.`
      : 'Its agent was never heard.';
    const verdict = await this.d.work.fenced(this.name, term.epoch, async (tx) => {
      const silence = await hostRepo.silence(tx, row.id, HOST_LEASE_SECONDS);
      if (!silence) return undefined;
      const { state, reason, message, lookAgainMs } = judge({ ...silence, fenceMs: this.d.fenceMs });
      const changed = await hostRepo.setState(tx, row.id, state, reason, `${heard} ${message}`);
      if (changed) this.d.changed(tx, changed);
      if (state === 'dead')
        await this.d.work.enqueue(tx, 'instance', ...(await instanceRepo.idsOn(tx, row.id)));
      return { state, lookAgainMs };
    });
    if (verdict?.state === 'dead')
      this.d.log.warn({ hostId: row.id }, 'the host is given up; what may restart elsewhere does');
    return verdict?.lookAgainMs === 0 ? settled : again(verdict?.lookAgainMs ?? HOST_LEASE_SECONDS * 1000);
  }

  /** The host's list is read before the wishes are: what is placed meanwhile cannot look like an orphan. */
  async #reportOrphans(row: HostRow, term: Term): Promise<void> {
    const there = await this.#idsOn(row, term);
    if (there.length === 0) return;
    const meant = await this.d.db.read('system', (tx) =>
      tx
        .select({ id: instance.id })
        .from(instance)
        .where(and(eq(instance.hostId, row.id), inArray(instance.id, there))),
    );
    const orphans = there.filter((id) => !meant.some((m) => m.id === id));
    if (orphans.length === 0) return;
    this.d.log.warn({ hostId: row.id, orphans }, 'found what is not meant to be there; removing it');
    const keys = orphans.map((instanceId) => orphanKey({ instanceId, hostId: row.id }));
    await this.d.work.fenced(this.name, term.epoch, (tx) => this.d.work.enqueue(tx, 'instance', ...keys));
  }

  async #idsOn(row: HostRow, term: Term): Promise<string[]> {
    const agent = this.d.agents.of(row);
    const ids: string[] = [];
    let pageToken = '';
    do {
      const asked = { kind: INSTANCE, pageSize: LIST_PAGE, pageToken };
      const page = await agent.list(asked, { timeoutMs: CALL_MS, signal: term.signal });
      ids.push(...page.observed.filter(({ phase }) => phase !== 'absent').map(({ id }) => id));
      pageToken = page.nextPageToken;
    } while (pageToken);
    return ids;
  }
}
