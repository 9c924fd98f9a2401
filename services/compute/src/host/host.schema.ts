import { sql } from 'drizzle-orm';
import { boolean, check, integer, jsonb, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { time } from '@thecloud/service-kit';
import { compute } from '../kit.schema';
import type { HostState } from './host';

/** A host and what of it is promised. The check constraint is the last word on overcommit. */
export const host = compute.table(
  'host',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    labels: jsonb('labels').$type<Record<string, string>>().notNull().default({}),
    cordoned: boolean('cordoned').notNull().default(false),
    state: text('state').$type<HostState>().notNull().default('joining'),
    reason: text('reason').notNull().default(''),
    message: text('message').notNull().default(''),
    hostname: text('hostname').notNull().default(''),
    address: text('address').notNull().default(''),
    // Empty: not known, or another host has it since.
    agentEndpoint: text('agent_endpoint').notNull().default(''),
    agentVersion: text('agent_version').notNull().default(''),
    driver: text('driver').notNull().default(''),
    driverVersion: text('driver_version').notNull().default(''),
    kernel: text('kernel').notNull().default(''),
    architecture: text('architecture').notNull().default(''),
    // Thousandths of a vCPU, overcommit included.
    cpuMillicores: integer('cpu_millicores').notNull().default(0),
    memoryMib: integer('memory_mib').notNull().default(0),
    allocatedCpuMillicores: integer('allocated_cpu_millicores').notNull().default(0),
    allocatedMemoryMib: integer('allocated_memory_mib').notNull().default(0),
    instanceCount: integer('instance_count').notNull().default(0),
    // Written by the version before, which counted whole ones; nobody reads them any more.
    vcpus: integer('vcpus').notNull().default(0),
    allocatedVcpus: integer('allocated_vcpus').notNull().default(0),
    // How long after its last beat its agent stops what must not run twice, in ms; 0: it does not, or is not known to.
    fenceAfterMs: integer('fence_after_ms').notNull().default(0),
    // Drivers that stop nothing when it is silent: what they run is never started elsewhere by itself.
    unfencedDrivers: jsonb('unfenced_drivers').$type<string[]>().notNull().default([]),
    // When its lease was known to be gone; by the database's clock, so that every leader counts from the same moment.
    suspectSince: time('suspect_since'),
    // By how much its clock is ahead of ours, in ms; negative: behind.
    clockOffsetMs: integer('clock_offset_ms').notNull().default(0),
    // Set when that is near, because renewing it fails.
    certificateEndsAt: time('certificate_ends_at'),
    version: integer('version').notNull().default(1),
    lastSeenAt: time('last_seen_at'),
    createdAt: time('created_at').notNull().defaultNow(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('host_name').on(t.name),
    uniqueIndex('host_endpoint')
      .on(t.agentEndpoint)
      .where(sql`agent_endpoint <> ''`),
    check(
      'host_not_negative',
      sql`${t.allocatedCpuMillicores} >= 0 and ${t.allocatedMemoryMib} >= 0 and ${t.instanceCount} >= 0`,
    ),
  ],
);
