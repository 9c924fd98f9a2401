import type { computeV1 } from '@thecloud/api';
import { firstLineOf } from '@thecloud/kernel';
import { grants, principalOf } from '@thecloud/service-kit';
import type { RequestContext } from '@thecloud/service-kit';
import { toProto } from './instance.mapping';

/**
 * Environment values and command lines often hold passwords: they are written, and read back only by callers who could
 * also write them. What a program printed belongs to callers who may read its logs.
 */
export const seesAll = (ctx: RequestContext): boolean => {
  if (ctx.delegation) return true; // its owner's service
  const { permissions } = principalOf(ctx);
  return grants(permissions, 'instance:update') && grants(permissions, 'instance:logs');
};

type Row = Parameters<typeof toProto>[0];

/** domain -> proto, as this caller may read it. */
export const shownTo = (ctx: RequestContext, row: Row): computeV1.Instance =>
  seesAll(ctx) ? toProto(row) : withoutHidden(row);

/** domain -> proto, without what a caller who only reads may not see. */
export function withoutHidden(row: Row): computeV1.Instance {
  const { spec, status, ...rest } = toProto(row);
  if (!spec || !status) return { spec, status, ...rest };
  const message = firstLineOf(status.message);
  const hiddenFields = [
    ...(spec.entrypoint.length > 0 ? ['spec.entrypoint'] : []),
    ...(spec.command.length > 0 ? ['spec.command'] : []),
    ...(Object.keys(spec.env).length > 0 ? ['spec.env'] : []),
    ...(message === status.message ? [] : ['status.message']),
  ];
  const env = Object.fromEntries(Object.keys(spec.env).map((name) => [name, '']));
  return {
    ...rest,
    spec: { ...spec, entrypoint: [], command: [], env },
    status: { ...status, message, hiddenFields },
  };
}
