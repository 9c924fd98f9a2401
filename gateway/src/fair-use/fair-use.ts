import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { MethodEntry } from '@thecloud/api';
import type { CloudError } from '@thecloud/kernel';
import { presentedCredential } from '../authenticate';
import { waits } from '../backend-call';
import type { HttpConfig } from '../config';
import { errors } from '../errors';
import { Buckets } from './buckets';
import type { Rate, Verdict } from './buckets';
import { HoldBack } from './hold-back';
import { SharedSpending } from './shared-spending';
import type { Bulletin } from './shared-spending';
import { Slots } from './slots';
import { Turns } from './turns';

export interface FairUseLimits {
  readonly key: Rate;
  readonly project: Rate;
  /** Of an address, for requests whose credential nobody has vouched for yet. */
  readonly address: Rate;
  /** Of an address that looks at our health: apart, so that its requests do not keep a probe out. */
  readonly health: Rate;
  /** At a time. */
  readonly concurrent: {
    readonly key: number;
    readonly project: number;
    readonly address: number;
    readonly streamsOfKey: number;
    readonly streamsOfProject: number;
    /** Requests of a project that services work on; its others wait in line. */
    readonly served: number;
  };
}

/** Leave to be served. Whoever has it gives it back when the answer is out or its caller gone. */
export class Leave {
  readonly #slots: Array<() => void> = [];
  #released = false;
  /** Made for whoever asks for it: only those who wait in line do. */
  #aborter: AbortController | undefined;

  constructor(
    /** Digest of its credential, '' if it has none that matters. */
    readonly digest: string,
    /** False while it counts by address. */
    readonly vouched: boolean,
    readonly asked: Asked,
    /** Requests that its credential or address has left. */
    readonly left: number,
  ) {}

  /** Aborted by `release`. */
  get released(): AbortSignal {
    this.#aborter ??= new AbortController();
    if (this.#released) this.#aborter.abort(RELEASED);
    return this.#aborter.signal;
  }

  hold(free: () => void): void {
    if (this.#released) free();
    else this.#slots.push(free);
  }

  readonly release = (): void => {
    this.#released = true;
    this.#aborter?.abort(RELEASED);
    this.free();
  };

  /** Gives back what is held so far; more may follow. */
  free(): void {
    for (const free of this.#slots.splice(0)) free();
  }
}

export interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly address: string;
  /** A call that is meant to take long (`lasts`): such calls are counted apart. */
  readonly lasting: boolean;
  /** A call that needs no credential, and so counts by address whatever it shows. */
  readonly public: boolean;
  /** Is told how much the tightest limit leaves, also before a refusal. */
  readonly tell: (verdict: Verdict) => void;
}

/** Why a signal fired; without a reason, an error with its stack would be made each time. */
const RELEASED = 'released';
/** Buckets, and credentials vouched for, kept in memory of each kind. */
const mostKept = 50_000;
const holdBack = { ms: 500, perKey: 256, total: 2_000 };
const turnMs = 10_000;

/**
 * Who may be served now. Two steps, both without waiting for anybody: `enter`, before anything costly is done, knows
 * the credential's digest or the address; `ofProject`, once the credential has been exchanged, knows the project.
 */
export class FairUse {
  readonly #keys: Buckets;
  readonly #projects: Buckets;
  readonly #addresses: Buckets;
  readonly #probes: Buckets;
  readonly #slots: Readonly<Record<Whose, Readonly<Record<'requests' | 'streams', Slots>>>>;
  readonly #turns: Turns;
  readonly #vouched = new Set<string>();
  readonly #holdBack = new HoldBack(holdBack);
  readonly #shared: SharedSpending | undefined;

  /** Without a bulletin, this replica alone enforces. */
  constructor(limits: FairUseLimits, bulletin?: Bulletin, now?: () => number) {
    this.#keys = new Buckets(limits.key, mostKept, now);
    this.#projects = new Buckets(limits.project, mostKept, now);
    this.#addresses = new Buckets(limits.address, mostKept, now);
    this.#probes = new Buckets(limits.health, mostKept, now);
    const { key, project, address, streamsOfKey, streamsOfProject } = limits.concurrent;
    this.#slots = {
      credential: { requests: new Slots(key), streams: new Slots(streamsOfKey) },
      project: { requests: new Slots(project), streams: new Slots(streamsOfProject) },
      address: { requests: new Slots(address), streams: new Slots(streamsOfKey) },
    };
    this.#turns = new Turns(limits.concurrent.served, turnMs);
    const of: Record<string, Buckets> = { k: this.#keys, p: this.#projects, a: this.#addresses };
    if (bulletin) this.#shared = new SharedSpending(bulletin, (key, n) => of[key[0]!]?.spend(key, n));
  }

  /** Rejects with RATE_LIMITED or TOO_MANY_AT_ONCE, a little later where that slows a flood down. */
  async enter(asked: Asked): Promise<Leave> {
    const credential = asked.public ? undefined : presentedCredential(asked.headers);
    const digest = credential === undefined ? '' : `k${sha256(credential)}`;
    const vouched = this.#vouched.has(digest);
    const key = vouched ? digest : `a${asked.address}`;
    const whose = vouched ? 'credential' : 'address';
    const left = await this.#take(vouched ? this.#keys : this.#addresses, key, whose, asked.tell);
    const leave = new Leave(digest, vouched, asked, left);
    this.#occupy(leave, key, whose);
    return leave;
  }

  /** Somebody looks at the health of this replica, and of no other. Rejects with RATE_LIMITED, likewise. */
  async probe({ address, tell }: Pick<Asked, 'address' | 'tell'>): Promise<void> {
    const verdict = this.#probes.take(address);
    tell(verdict);
    if (!verdict.allowed) await this.#refuse(`h${address}`, 'address', verdict);
  }

  /** The credential of `leave` has been vouched for, and is for this project ('': for none). Rejects as `enter` does. */
  async ofProject(leave: Leave, projectId: string): Promise<void> {
    if (!leave.vouched) {
      this.#vouch(leave.digest);
      leave.free(); // the address has done its part
      this.#occupy(leave, leave.digest, 'credential');
    }
    if (projectId === '') return;
    const key = `p${projectId}`;
    await this.#take(this.#projects, key, 'project', (verdict) => {
      if (!verdict.allowed || verdict.remaining < leave.left) leave.asked.tell(verdict);
    });
    this.#occupy(leave, key, 'project');
    if (!leave.asked.lasting) await this.#awaitTurn(leave, key);
  }

  close(): void {
    this.#shared?.close();
  }

  async #take(buckets: Buckets, key: string, whose: Whose, tell: Asked['tell']): Promise<number> {
    const verdict = buckets.take(key);
    tell(verdict);
    if (verdict.allowed) {
      this.#shared?.add(key);
      return verdict.remaining;
    }
    return this.#refuse(key, whose, verdict);
  }

  async #refuse(key: string, whose: Whose, verdict: Verdict): Promise<never> {
    await this.#holdBack.wait(key);
    throw rateLimited(whose, verdict);
  }

  #occupy(leave: Leave, key: string, whose: Whose): void {
    const { requests, streams } = this.#slots[whose];
    const slots = leave.asked.lasting ? streams : requests;
    const free = slots.take(key);
    if (free) return leave.hold(free);
    const what = leave.asked.lasting ? 'streams, uploads and waits' : 'requests';
    throw errors.TOO_MANY_AT_ONCE({ what, whose: `this ${whose}`, limit: String(slots.most) });
  }

  async #awaitTurn(leave: Leave, key: string): Promise<void> {
    const end = await this.#turns.take(key, () => leave.released);
    if (end) return leave.hold(end);
    const limit = String(this.#slots.project.requests.most);
    throw errors.TOO_MANY_AT_ONCE({ what: 'requests', whose: 'this project', limit });
  }

  #vouch(digest: string): void {
    this.#vouched.add(digest);
    if (this.#vouched.size > mostKept) this.#vouched.delete(this.#vouched.values().next().value!);
  }
}

type Whose = 'credential' | 'project' | 'address';

/** Calls that stay open for as long as their caller likes, and cost little meanwhile. */
export const lasts = (method: MethodEntry): boolean =>
  method.requestStream || method.responseStream || waits(method);

const sha256 = (text: string) => hash('sha256', text, 'base64url');

const rateLimited = (what: Whose, { retryAfterSeconds }: Verdict): CloudError =>
  errors.RATE_LIMITED({ what }).with({ retryAfterSeconds });

/** The fields of draft-ietf-httpapi-ratelimit-headers-06; later drafts join them into one. */
export function rateLimitHeaders({ limit, remaining, resetSeconds }: Verdict): Record<string, string> {
  return {
    'RateLimit-Limit': String(limit),
    'RateLimit-Remaining': String(remaining),
    'RateLimit-Reset': String(resetSeconds),
  };
}

/** As configured: one for all that a gateway serves. A bucket holds half a second's worth. */
export function fairUseWith(config: HttpConfig, bulletin?: Bulletin): FairUse {
  const rate = (perSecond: number) => ({ perSecond, burst: Math.ceil(perSecond / 2) });
  return new FairUse(
    {
      key: rate(config.THECLOUD_GATEWAY_RATE_KEY),
      project: rate(config.THECLOUD_GATEWAY_RATE_PROJECT),
      address: rate(config.THECLOUD_GATEWAY_RATE_ADDRESS),
      health: rate(config.THECLOUD_GATEWAY_RATE_HEALTH),
      concurrent: {
        key: config.THECLOUD_GATEWAY_MAX_REQUESTS_AT_ONCE,
        project: config.THECLOUD_GATEWAY_MAX_REQUESTS_AT_ONCE_OF_PROJECT,
        address: config.THECLOUD_GATEWAY_MAX_REQUESTS_AT_ONCE_OF_ADDRESS,
        streamsOfKey: config.THECLOUD_GATEWAY_MAX_STREAMS_OF_KEY,
        streamsOfProject: config.THECLOUD_GATEWAY_MAX_STREAMS_OF_PROJECT,
        served: config.THECLOUD_GATEWAY_SERVED_AT_ONCE,
      },
    },
    bulletin,
  );
}
