import { z } from 'zod';
import { parseAllowed } from './addresses';

/** Environment of every service that connects where tenants say. */
export const egressConfig = {
  THECLOUD_EGRESS_ALLOW: z
    .string()
    .default('')
    .transform((list, ctx) => {
      try {
        return parseAllowed(list);
      } catch (cause) {
        ctx.addIssue({ code: 'custom', message: (cause as Error).message });
        return z.NEVER;
      }
    })
    .describe(
      'Addresses that are not public and yet may be connected to where a tenant says: 10.1.0.0/16, 127.0.0.1:5000, http://127.0.0.1:5000',
    ),
};
