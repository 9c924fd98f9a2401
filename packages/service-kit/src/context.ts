import type { MethodEntry } from '@thecloud/api';
import type { Logger } from './log';

/** A process on the other end of a mutual TLS link, as its certificate names it. */
export interface Peer {
  /** gateway, identity, compute, agent … */
  readonly kind: string;
  /** Which one of the kind; an agent's is its host's id. */
  readonly name: string;
}

/** On whose behalf a call is made. */
export interface Principal {
  /** Id of the user or API key. */
  readonly subject: string;
  readonly kind: 'user' | 'api_key';
  /** Id of the user: of the person who acts, by a session or by an API key. */
  readonly userId: string;
  /** Of a user: the session signed in with. */
  readonly sessionId?: string;
  readonly projectId?: string;
  readonly role?: string;
  readonly permissions: readonly string[];
  readonly platformAdmin: boolean;
}

/** For whom, and because of what, one service calls another. */
export interface Delegation {
  /** Whose rows the call may touch. */
  readonly projectId: string;
  /** Of the caller's service. */
  readonly operationId: string;
  /** Id of the user or API key that asked for the operation. */
  readonly requestedBy: string;
}

/** Everything a handler may know about its call besides the request. */
export interface RequestContext {
  readonly requestId: string;
  readonly method: MethodEntry;
  readonly peer?: Peer;
  readonly principal?: Principal;
  /** Of a method that is declared `delegated`. */
  readonly delegation?: Delegation;
  /** Aborts when the caller goes or the deadline passes. */
  readonly signal: AbortSignal;
  /**
   * For handlers of streams: the id is found and the permission given, though the first message may be far off. The
   * caller learns it at once; until then, and until the first message, a refusal is still a plain answer. A second
   * call, and one by a unary handler, changes nothing.
   */
  readonly accept: () => void;
  readonly idempotencyKey?: string;
  /** SHA-256 of the encoded request: the same key with another hash is another request. */
  readonly requestHash?: string;
  /** The end user's address, as the gateway saw it. */
  readonly remoteAddress?: string;
  readonly log: Logger;
}

/** The project a project-scoped or delegated method acts in. The interceptor made sure there is one. */
export function projectOf(ctx: RequestContext): string {
  const projectId = ctx.delegation?.projectId ?? ctx.principal?.projectId;
  if (!projectId) throw new Error(`${ctx.method.path} was reached without a project`);
  return projectId;
}

/** Id of the user or API key that asked; empty: the cloud itself. */
export const requesterOf = (ctx: Pick<RequestContext, 'principal' | 'delegation'>): string =>
  ctx.principal?.subject ?? ctx.delegation?.requestedBy ?? '';

/** The user or key a method acts for. The interceptor made sure there is one. */
export function principalOf(ctx: RequestContext): Principal {
  if (!ctx.principal) throw new Error(`${ctx.method.path} was reached without a principal`);
  return ctx.principal;
}
