import type { identityV1 } from '@thecloud/api';
import { computeV1 } from '@thecloud/api';
import { newId } from '@thecloud/kernel';
import { cutPage, implement, pageOf } from '@thecloud/service-kit';
import type { Foundation, UnaryClient } from '@thecloud/service-kit';
import { errors } from '../errors';
import { hostRepo } from './host.repo';
import type { HostRow } from './host.repo';

const CALL_MS = 3_000;

/** Handlers of HostService, for administrators. */
export function hostRpc(f: Foundation, authority: UnaryClient<identityV1.CertificateServiceClient>) {
  const cordon = async (id: string, cordoned: boolean) => {
    const row = await f.db.write('system', (tx) => hostRepo.cordon(tx, id, cordoned));
    if (!row) throw errors.HOST_NOT_FOUND({ id });
    return toProto(row);
  };
  return implement<computeV1.HostServiceServer>(computeV1.HostServiceService, {
    createHost: async (ctx, { name, labels }) => {
      const row = await f.db.write('system', (tx) =>
        hostRepo.announce(tx, { id: newId('host'), name, labels }),
      );
      const { joinToken } = await authority.createJoinToken(
        { kind: 'agent', name: row.id },
        { timeoutMs: CALL_MS, parent: ctx },
      );
      return { host: toProto(row), joinToken };
    },
    listHosts: async (_ctx, request) => {
      const page = pageOf(request);
      const cut = cutPage(await f.db.read('system', (tx) => hostRepo.list(tx, page)), page);
      return { hosts: cut.rows.map(toProto), nextPageToken: cut.nextPageToken };
    },
    getHost: async (_ctx, { id }) => {
      const row = await f.db.read('system', (tx) => hostRepo.find(tx, id));
      if (!row) throw errors.HOST_NOT_FOUND({ id });
      return toProto(row);
    },
    cordonHost: (_ctx, { id }) => cordon(id, true),
    uncordonHost: (_ctx, { id }) => cordon(id, false),
  });
}

function toProto(row: HostRow): computeV1.Host {
  return {
    metadata: {
      id: row.id,
      name: row.name,
      projectId: '',
      labels: row.labels,
      generation: 1,
      version: row.version,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
      deletedAt: undefined,
      operationId: '',
    },
    spec: { cordoned: row.cordoned },
    status: {
      state: row.state,
      reason: row.reason,
      message: row.message,
      inventory: computeV1.HostInventory.fromPartial(row),
      allocatedVcpus: row.allocatedVcpus,
      allocatedMemoryMib: row.allocatedMemoryMib,
      instanceCount: row.instanceCount,
      lastSeenAt: row.lastSeenAt ?? undefined,
    },
  };
}
