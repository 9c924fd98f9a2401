import type { identityV1 } from '@thecloud/api';
import { computeV1 } from '@thecloud/api';
import { newId } from '@thecloud/kernel';
import { cutPage, implement, isNamed, metadataOf, pageOf, watch, watchOne } from '@thecloud/service-kit';
import type { Foundation, RequestContext, UnaryClient, Watched } from '@thecloud/service-kit';
import { errors } from '../errors';
import { MILLICORES_PER_VCPU, refuseUnknownType, vcpusOf } from '../instance-type/instance-type';
import { HostInstances } from './host-instances';
import type { HostChanged } from './host.changes';
import { removeHost } from './remove-host';
import { told } from './host.plan';
import { hostRepo } from './host.repo';
import type { HostFilter, HostRow } from './host.repo';

const CALL_MS = 3_000;

/** Handlers of HostService, for administrators. */
export function hostRpc(
  f: Foundation,
  changed: HostChanged,
  authority: UnaryClient<identityV1.CertificateServiceClient>,
) {
  const watched = (filter: HostFilter = {}): Watched<HostRow> => ({
    kind: 'host',
    projectId: '',
    list: (page) => f.db.read('system', (tx) => hostRepo.list(tx, filter, page)),
    find: (ids) => f.db.read('system', (tx) => hostRepo.findAll(tx, ids)),
    matches: (row) =>
      isNamed(row, filter) &&
      (!filter.state || filter.state === row.state) &&
      (filter.cordoned === undefined || filter.cordoned === row.cordoned),
    version: (row) => row.version,
  });
  const carried = new HostInstances(f.db);
  const cordon = (ctx: RequestContext, id: string, cordoned: boolean) =>
    f.mutate(ctx, computeV1.Host, async (tx) => {
      const row = await hostRepo.cordon(tx, id, cordoned);
      if (!row) throw errors.HOST_NOT_FOUND({ id });
      changed(tx, row);
      return toProto(row);
    });
  return implement<computeV1.HostServiceServer>(computeV1.HostServiceService, {
    createHost: async (ctx, { name, labels }) => {
      const row = await f.db.write('system', async (tx) => {
        const announced = await hostRepo.announce(tx, { id: newId('host'), name, labels });
        changed(tx, announced);
        await f.work.enqueue(tx, 'host', announced.id);
        return announced;
      });
      const { joinToken } = await authority.createJoinToken(
        { kind: 'agent', name: row.id },
        { timeoutMs: CALL_MS, parent: ctx },
      );
      return { host: toProto(row), joinToken };
    },
    listHosts: async (_ctx, request) => {
      const page = pageOf(request);
      const cut = cutPage(await f.db.read('system', (tx) => hostRepo.list(tx, request, page)), page);
      return { hosts: cut.rows.map(toProto), nextPageToken: cut.nextPageToken };
    },
    getHost: async (_ctx, { id }) => {
      const row = await f.db.read('system', (tx) => hostRepo.find(tx, id));
      if (!row) throw errors.HOST_NOT_FOUND({ id });
      return toProto(row);
    },
    deleteHost: (ctx, { id }) =>
      f.mutate(ctx, computeV1.Host, async (tx) => {
        const gone = await removeHost(tx, id, changed);
        await f.work.enqueue(tx, 'host', id);
        return toProto(gone);
      }),
    listHostInstances: async (_ctx, request) => {
      refuseUnknownType(request.type);
      const { state, name, namePrefix, label, projectId, type } = request;
      return carried.list(request.id, { state, name, namePrefix, label, projectId, type }, pageOf(request));
    },
    watchHost: async function* (ctx, { id }) {
      const missing = () => errors.HOST_NOT_FOUND({ id });
      for await (const { row } of watchOne(f.changes, ctx, watched(), id, missing)) yield toProto(row);
    },
    watchHosts: async function* (ctx, filter) {
      for await (const { row } of watch(f.changes, ctx, watched(filter))) yield toProto(row);
    },
    cordonHost: (ctx, { id }) => cordon(ctx, id, true),
    uncordonHost: (ctx, { id }) => cordon(ctx, id, false),
  });
}

function toProto(stored: HostRow): computeV1.Host {
  const row = told(stored, Date.now());
  return {
    metadata: metadataOf({ ...row, projectId: '' }),
    spec: { cordoned: row.cordoned },
    status: {
      state: row.state,
      reason: row.reason,
      message: row.message,
      inventory: computeV1.HostInventory.fromPartial({
        ...row,
        vcpus: Math.floor(row.cpuMillicores / MILLICORES_PER_VCPU),
      }),
      allocatedVcpus: vcpusOf(row.allocatedCpuMillicores),
      allocatedCpuMillicores: row.allocatedCpuMillicores,
      allocatedMemoryMib: row.allocatedMemoryMib,
      instanceCount: row.instanceCount,
      lastSeenAt: row.lastSeenAt ?? undefined,
      clockOffsetMs: row.clockOffsetMs,
      certificateEndsAt: row.certificateEndsAt ?? undefined,
    },
  };
}
