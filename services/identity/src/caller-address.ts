import type { RequestContext } from '@thecloud/service-kit';

/** Whom to count attempts against: the end user's address, else the process that calls. */
export const addressOf = (ctx: RequestContext): string =>
  ctx.remoteAddress ?? `${ctx.peer?.kind ?? 'unknown'}/${ctx.peer?.name ?? ''}`;
