import { sql } from 'drizzle-orm';
import { bigint, index, integer, jsonb, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { ownerColumns, tenantPolicy, time } from '@thecloud/service-kit';
import { compute } from '../kit.schema';
import type { Desired, OnHostLoss, PublishedPort, RestartPolicy, Seen } from './instance';
import type { InstanceState } from './instance.state';

export const instance = compute.table(
  'instance',
  {
    id: text('id').primaryKey(),
    projectId: text('project_id').notNull(),
    name: text('name').notNull(),
    labels: jsonb('labels').$type<Record<string, string>>().notNull(),
    // what is wanted
    type: text('type').notNull(),
    // What its type was when it was made or last resized: that much it has of its host. 0: see sizeOf.
    cpuMillicores: integer('cpu_millicores').notNull().default(0),
    memoryMib: integer('memory_mib').notNull().default(0),
    imageId: text('image_id').notNull(),
    imageReference: text('image_reference').notNull(),
    // Empty: the image's own.
    entrypoint: jsonb('entrypoint').$type<string[]>().notNull().default([]),
    command: jsonb('command').$type<string[]>().notNull(),
    env: jsonb('env').$type<Record<string, string>>().notNull(),
    ports: jsonb('ports').$type<PublishedPort[]>().notNull(),
    restartPolicy: text('restart_policy').$type<RestartPolicy>().notNull(),
    onHostLoss: text('on_host_loss').$type<OnHostLoss>().notNull(),
    // The newest generation that said keep, if it says restart now: a host that has seen no newer one keeps it.
    keptGeneration: integer('kept_generation').notNull().default(0),
    desired: text('desired').$type<Desired>().notNull(),
    graceSeconds: integer('grace_seconds').notNull().default(10),
    restartNonce: integer('restart_nonce').notNull().default(0),
    generation: integer('generation').notNull().default(1),
    operationId: text('operation_id').notNull(),
    ...ownerColumns(),
    // what is
    state: text('state').$type<InstanceState>().notNull(),
    reason: text('reason').notNull().default(''),
    message: text('message').notNull().default(''),
    observedGeneration: integer('observed_generation').notNull().default(0),
    hostId: text('host_id'),
    seen: jsonb('seen').$type<Seen>(),
    seenSequence: bigint('seen_sequence', { mode: 'number' }).notNull().default(0),
    version: integer('version').notNull().default(1),
    createdAt: time('created_at').notNull().defaultNow(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('instance_name').on(t.projectId, t.name),
    index('instance_list').on(t.projectId, t.id.desc()),
    index('instance_host')
      .on(t.hostId, t.id.desc())
      .where(sql`host_id is not null`),
    index('instance_image').on(t.imageId),
    index('instance_owner')
      .on(t.ownerService, t.id.desc())
      .where(sql`owner_service <> ''`),
    tenantPolicy(),
  ],
);

/** A host port is a resource: its primary key is why it can never be handed out twice. */
export const hostPort = compute.table(
  'host_port',
  {
    hostId: text('host_id').notNull(),
    protocol: text('protocol').notNull(),
    port: integer('port').notNull(),
    instanceId: text('instance_id').notNull(),
    containerPort: integer('container_port').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.hostId, t.protocol, t.port] }),
    index('host_port_instance').on(t.instanceId),
  ],
);
