import type { commonV1 } from '@thecloud/api';
import { commonErrors } from '@thecloud/kernel';
import { integer, text } from 'drizzle-orm/pg-core';
import type { RequestContext } from '../context';

/** Columns of a resource that another service may make for its own: whose it is. Empty: nobody's. */
export const ownerColumns = () => ({
  ownerService: text('owner_service').notNull().default(''),
  ownerId: text('owner_id').notNull().default(''),
  /** Of the owner's newest wish that was taken. */
  ownerGeneration: integer('owner_generation').notNull().default(0),
});

export interface Owned {
  readonly ownerService: string;
  readonly ownerId: string;
  readonly ownerGeneration: number;
}

export const UNOWNED: Owned = { ownerService: '', ownerId: '', ownerGeneration: 0 };

/** As metadata says it. */
export const ownerOf = ({ ownerService: service, ownerId: id }: Omit<Owned, 'ownerGeneration'>) =>
  service ? ({ service, id } satisfies commonV1.ResourceOwner) : undefined;

/** PERMISSION_DENIED OWNED_BY_SERVICE, unless its owner's service calls. */
export function refuseOwned(
  ctx: Pick<RequestContext, 'peer' | 'delegation'>,
  { id, ownerService, ownerId }: Omit<Owned, 'ownerGeneration'> & { readonly id: string },
): void {
  if (!ownerService || (ctx.delegation && ctx.peer?.kind === ownerService)) return;
  throw commonErrors.OWNED_BY_SERVICE({ id, service: ownerService, owner: ownerId });
}
