import { identityV1 } from '@thecloud/api';
import { cutPage, implement, metadataOf, pageOf, principalOf, projectOf } from '@thecloud/service-kit';
import type { Foundation, Implementation } from '@thecloud/service-kit';
import { errors } from '../errors';
import { roleOf } from '../principal';
import type { Role } from '../role/role';
import { createApiKey } from './create-api-key';
import type { ApiKey } from './create-api-key';
import { findApiKeys } from './find-api-keys';
import { revokeApiKey } from './revoke-api-key';

const DEFAULT_ROLE: Role = 'developer';

export function apiKeyRpc(f: Foundation): Implementation {
  return implement<identityV1.ApiKeyServiceServer>(identityV1.ApiKeyServiceService, {
    createApiKey: async (ctx, { name, labels, role, expiresAt }) => {
      const { subject, kind } = principalOf(ctx);
      const maker = { id: subject, kind, role: roleOf(ctx) };
      const wanted = { name, labels, expiresAt, role: (role || DEFAULT_ROLE) as Role };
      return f.mutate(ctx, identityV1.ApiKey, async (tx) => {
        const made = await createApiKey(tx, maker, { ...wanted, projectId: projectOf(ctx) });
        return apiKeyToProto(made.key, made.secret);
      });
    },
    listApiKeys: async (ctx, request) => {
      const page = pageOf(request);
      const { rows, nextPageToken } = cutPage(await findApiKeys(f.db, projectOf(ctx), page, request), page);
      return { apiKeys: rows.map((key) => apiKeyToProto(key)), nextPageToken };
    },
    getApiKey: async (ctx, { id }) => {
      const [key] = await findApiKeys(f.db, projectOf(ctx), { size: 1, after: undefined }, { id });
      if (!key) throw errors.API_KEY_NOT_FOUND({ id });
      return apiKeyToProto(key);
    },
    deleteApiKey: async (ctx, { id }) =>
      f.mutate(ctx, identityV1.ApiKey, async (tx) =>
        apiKeyToProto(await revokeApiKey(tx, projectOf(ctx), id)),
      ),
  });
}

function apiKeyToProto(key: ApiKey, secret = ''): identityV1.ApiKey {
  const { createdAt, revokedAt, role, prefix, createdBy } = key;
  return {
    metadata: metadataOf({
      ...key,
      updatedAt: revokedAt ?? createdAt,
      deletedAt: revokedAt,
      version: revokedAt ? 2 : 1,
    }),
    ...{ role, prefix, secret, createdBy },
    expiresAt: key.expiresAt ?? undefined,
    lastUsedAt: key.lastUsedAt ?? undefined,
  };
}
