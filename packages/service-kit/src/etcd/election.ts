import type { Campaign, Etcd3 } from 'etcd3';
import type { Epoch, Leadership } from '@thecloud/reconcile';
import type { Logger } from '../log';
import { epochBase } from './epoch-base';

/** Seconds a dead leader's lease lives on. */
const LEASE_SECONDS = 3;
const RETRY_MS = 1_000;

type Lead = (epoch: Epoch, signal: AbortSignal) => Promise<void>;

/**
 * One etcd election per controller. The create revision of the winner's key, on top of the installation's base, is the
 * epoch. A lock alone is not safe (its holder may be paused and resume), so `beginTerm` stores the epoch where the
 * controller writes, before it leads.
 */
export class EtcdLeadership implements Leadership {
  constructor(
    private readonly etcd: () => Etcd3,
    private readonly service: string,
    private readonly member: string,
    private readonly beginTerm: (controller: string, epoch: Epoch) => Promise<void>,
    private readonly log: Logger,
  ) {}

  campaign(controller: string, lead: Lead): { close(): Promise<void> } {
    const closing = new AbortController();
    const ended = this.#forever(controller, lead, closing.signal);
    return {
      close: async () => {
        closing.abort();
        await ended;
      },
    };
  }

  async #forever(controller: string, lead: Lead, closing: AbortSignal): Promise<void> {
    while (!closing.aborted) {
      try {
        await this.#oneTerm(controller, lead, closing);
      } catch (err) {
        this.log.warn({ err, controller }, 'lost or could not stand for election; standing again');
      }
      if (!closing.aborted) await pause(RETRY_MS, closing);
    }
  }

  async #oneTerm(controller: string, lead: Lead, closing: AbortSignal): Promise<void> {
    const etcd = this.etcd();
    const campaign = etcd
      .election(`thecloud/leader/${this.service}/${controller}`, LEASE_SECONDS)
      .campaign(this.member);
    const ending = new AbortController();
    closing.addEventListener('abort', () => ending.abort(), { once: true });
    try {
      // etcd3 gives up the campaign and says so here when its lease is lost.
      campaign.on('error', (err: unknown) => ending.abort(err));
      if (!(await elected(campaign, ending.signal))) return;
      const key = await campaign.getCampaignKey();
      const { kvs } = await etcd.get(key).exec();
      const revision = kvs[0]?.create_revision;
      if (!revision) throw new Error(`the election key ${key} is gone`);
      const epoch = (await epochBase(etcd)) + BigInt(revision);
      await this.beginTerm(controller, epoch);
      this.log.info({ controller, epoch: String(epoch) }, 'leading');
      await lead(epoch, ending.signal);
      if (!closing.aborted) throw ending.signal.reason;
    } finally {
      await campaign.resign().catch(() => undefined); // etcd away: the lease ends by itself
    }
  }
}

function elected(campaign: Campaign, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    campaign.on('elected', () => resolve(true));
    campaign.on('error', reject);
    signal.addEventListener('abort', () => resolve(false), { once: true });
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
