// What a client of the public API offers, read from the descriptor image: resources, and what can be done with each.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import type { DescField, DescMessage, DescMethod, DescService } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { commentOf } from '../../src/comments.ts';
import { fieldRules, methods } from '../../src/gen/methods.ts';
import { className, methodName, runsOnce } from '../naming.mts';

type Entry = (typeof methods)[number];

export const imagePath = join(import.meta.dirname, '../../image.binpb');
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(imagePath)));

/** How requests and answers come: one each, a list in pages, a stream of answers, of requests, of both. */
export type Kind = 'unary' | 'pages' | 'stream' | 'upload' | 'duplex';

/**
 * What may be tried again. `read`: always. `keyed`: its idempotency key makes a repetition the same one.
 * `once`: only when it was refused before it began.
 */
export type Repeat = 'read' | 'keyed' | 'once';

/** How a stream goes on after its connection was lost: not; by asking again; by asking for what came after. */
export type Resume = 'never' | 'again' | 'after';

export interface Method {
  readonly rpc: DescMethod;
  /** "/thecloud.compute.v1.InstanceService/CreateInstance". */
  readonly path: string;
  /** "create", "watchStats". */
  readonly name: string;
  readonly kind: Kind;
  readonly repeat: Repeat;
  readonly resume: Resume;
  /** Fields of the request that say what it is about, in order: they stand in the HTTP path. */
  readonly about: readonly DescField[];
  /** pages: the field of the answer with the items. upload: that of the request with the bytes. */
  readonly field?: DescField;
  readonly comment?: string;
}

/** A kind of thing with what can be done with it: `cloud.instances`. */
export interface Resource {
  /** "Instances". */
  readonly name: string;
  readonly service: DescService;
  readonly methods: readonly Method[];
  readonly comment?: string;
}

// Enrolment is for processes of the installation, at a port of its own: what has neither route nor permission.
export const publicEntries = methods.filter(
  (entry) => entry.auth.peers.length === 0 && (entry.http !== undefined || entry.auth.permission !== ''),
);

function routeOf(entry: Entry): string {
  const route = entry.http ?? publicEntries.find((each) => each.service === entry.service && each.http)?.http;
  if (!route) throw new Error(`${entry.path}: no method of its service has a route, so nothing names it`);
  return route.path;
}

function methodOf(entry: Entry): Method {
  const rpc = registry.getService(entry.service)!.methods.find((each) => each.name === entry.rpc)!;
  const read = entry.http ? entry.http.verb === 'GET' : entry.responseStream;
  const kind = kindOf(entry, rpc);
  const about = [...(entry.http?.path ?? '/{id}').matchAll(/\{([^}]+)\}/g)].map(([, name]) =>
    fieldOf(rpc, name!),
  );
  return {
    rpc,
    path: entry.path,
    name: methodName(entry.rpc, routeOf(entry)),
    kind,
    repeat: runsOnce(entry) ? 'once' : read ? 'read' : 'keyed',
    resume: resumeOf(rpc),
    about: kind === 'duplex' ? [] : about,
    field:
      kind === 'pages'
        ? itemsOf(rpc)
        : kind === 'upload'
          ? fieldOf(rpc, entry.http?.body ?? 'chunk')
          : undefined,
    comment: commentOf(rpc),
  };
}

function fieldOf(rpc: DescMethod, name: string): DescField {
  const field = rpc.input.fields.find((each) => each.name === name);
  if (!field) throw new Error(`${rpc.name}: its request has no field ${name}`);
  return field;
}

function kindOf(entry: Entry, rpc: DescMethod): Kind {
  if (entry.requestStream) return entry.responseStream ? 'duplex' : 'upload';
  if (entry.responseStream) return 'stream';
  return itemsOf(rpc) ? 'pages' : 'unary';
}

/** The one list of messages in the answer of a List rpc. */
function itemsOf(rpc: DescMethod): DescField | undefined {
  if (!rpc.name.startsWith('List')) return undefined;
  const lists = rpc.output.fields.filter((field) => field.fieldKind === 'list' && field.message);
  return lists.length === 1 ? lists[0] : undefined;
}

function resumeOf(rpc: DescMethod): Resume {
  if (!rpc.name.startsWith('Watch')) return 'never';
  return rpc.input.fields.some((field) => field.name === 'after') ? 'after' : 'again';
}

function resourceOf([name, entries]: [string, Entry[]]): Resource {
  const all = entries.map(methodOf);
  const twice = all.find((each, index) => all.findIndex((other) => other.name === each.name) !== index);
  if (twice)
    throw new Error(
      `${name} would have two methods called ${twice.name}: see packages/api/scripts/naming.mts`,
    );
  const service = all[0]!.rpc.parent;
  return { name, service, methods: all, comment: commentOf(service) };
}

/** Sorted by name. */
export const resources: readonly Resource[] = [
  ...Map.groupBy(publicEntries, (entry) => className(routeOf(entry))),
]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(resourceOf);

export function isRequired(field: DescField): boolean {
  return fieldRules[field.parent.typeName]?.[field.localName]?.required === true;
}

/** Every message that requests and answers of the public API are made of, sorted by name. */
export const publicMessages: readonly DescMessage[] = (() => {
  const found = new Map<string, DescMessage>();
  const add = (message: DescMessage) => {
    if (found.has(message.typeName) || !message.typeName.startsWith('thecloud.')) return;
    found.set(message.typeName, message);
    for (const field of message.fields) if (field.message) add(field.message);
  };
  for (const { methods: all } of resources) {
    for (const { rpc } of all) {
      add(rpc.input);
      add(rpc.output);
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
})();

/** True of a resource with a life of its own: its status has a state. */
export function hasState(message: DescMessage): boolean {
  const status = message.fields.find((field) => field.name === 'status')?.message;
  return status?.fields.some((field) => field.name === 'state') === true;
}

/** "sshKeys" → "ssh_keys". */
export const snake = (name: string) => name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
