// Writes src/gen/methods.ts from the descriptor image: what gateway, interceptors, OpenAPI and tests read.
// Runs on Node's own type stripping; ts-proto drops custom options, so they are read from the image here.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFileRegistry, fromBinary, getExtension, hasExtension, ScalarType } from '@bufbuild/protobuf';
import type { DescExtension, DescMessage, DescMethod, FileRegistry } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

const root = join(import.meta.dirname, '..');
const registry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, readFileSync(join(root, 'image.binpb'))),
);

type Json = Record<string, unknown>;

function extension(reg: FileRegistry, name: string): DescExtension {
  const found = reg.getExtension(name);
  if (!found) throw new Error(`proto/ has no extension ${name}`);
  return found;
}
const authOption = extension(registry, 'thecloud.common.v1.auth');
const statusOption = extension(registry, 'thecloud.common.v1.http_status');
const repeatOption = extension(registry, 'thecloud.common.v1.repeat');
const plainBodyOption = extension(registry, 'thecloud.common.v1.plain_body');
const fieldOption = extension(registry, 'thecloud.common.v1.field');
const httpOption = extension(registry, 'google.api.http');

function httpRule(method: DescMethod) {
  const options = method.proto.options;
  if (!options || !hasExtension(options, httpOption)) return undefined;
  const rule = getExtension(options, httpOption) as unknown as {
    pattern: { case: string; value: string };
    body: string;
  };
  return { verb: rule.pattern.case.toUpperCase(), path: rule.pattern.value, body: rule.body };
}

function authRule(method: DescMethod) {
  const options = method.proto.options;
  if (!options || !hasExtension(options, authOption))
    throw new Error(`${method.parent.typeName}/${method.name} says nothing about who may call it`);
  const auth = getExtension(options, authOption) as unknown as {
    permission: string;
    scope: number;
    public: boolean;
    peers: string[];
    delegated: boolean;
  };
  const ways = [auth.permission !== '', auth.public, auth.peers.length > 0].filter(Boolean).length;
  if (ways !== 1) throw new Error(`${method.name}: set exactly one of permission, public and peers`);
  if (auth.delegated && auth.peers.length === 0) throw new Error(`${method.name}: only peers delegate`);
  return {
    permission: auth.permission,
    scope: ['project', 'user', 'platform'][auth.scope],
    public: auth.public,
    peers: auth.peers,
    delegated: auth.delegated,
  };
}

function plainBody(method: DescMethod): string | undefined {
  const options = method.proto.options;
  if (!options || !hasExtension(options, plainBodyOption)) return undefined;
  const name = getExtension(options, plainBodyOption) as string;
  const field = method.output.fields.find((f) => f.name === name);
  if (!method.proto.serverStreaming || field?.scalar !== ScalarType.BYTES || field.fieldKind !== 'scalar')
    throw new Error(`${method.name}: plain_body must name a bytes field of the answers it streams`);
  return name;
}

/** Whether a call that may have been carried out can be sent again; `keyed`: if it carries an idempotency key. */
function repeat(method: DescMethod): 'always' | 'keyed' | 'never' {
  const { options, clientStreaming, serverStreaming } = method.proto;
  const said = options && hasExtension(options, repeatOption) ? getExtension(options, repeatOption) : 0;
  if (said === 1) return 'always';
  if (said === 2 || clientStreaming) return 'never';
  return serverStreaming || httpRule(method)?.verb === 'GET' ? 'always' : 'keyed';
}

function fieldRules(message: DescMessage): Json {
  const rules: Json = {};
  for (const field of message.fields) {
    const options = field.proto.options;
    const rule =
      options && hasExtension(options, fieldOption)
        ? (getExtension(options, fieldOption) as unknown as Json)
        : undefined;
    const nested =
      field.message ?? (field.fieldKind === 'map' && field.mapKind === 'message' ? field.message : undefined);
    const child = nested && nested.typeName.startsWith('thecloud.') ? nested.typeName : undefined;
    if (!rule && !child) continue;
    const { $typeName: _, ...set } = rule ?? {};
    const kept = Object.fromEntries(
      Object.entries(set)
        .filter(
          ([key, v]) =>
            v !== '' &&
            v !== 0 &&
            v !== false &&
            v !== undefined &&
            !(Array.isArray(v) && v.length === 0) &&
            key !== '$unknown',
        )
        .map(([key, v]) => [key, typeof v === 'bigint' ? Number(v) : v]),
    );
    rules[field.localName] = {
      name: field.name,
      kind: field.fieldKind,
      ...(field.oneof ? { oneof: field.oneof.localName } : {}),
      ...(child ? { message: child } : {}),
      ...kept,
    };
  }
  return rules;
}

const methods: Json[] = [];
const fields: Record<string, Json> = {};
for (const type of registry) {
  if (type.kind === 'message' && type.typeName.startsWith('thecloud.'))
    fields[type.typeName] = fieldRules(type);
  if (type.kind !== 'service' || !type.typeName.startsWith('thecloud.')) continue;
  for (const method of type.methods) {
    const options = method.proto.options;
    const status =
      options && hasExtension(options, statusOption) ? (getExtension(options, statusOption) as number) : 200;
    methods.push({
      path: `/${type.typeName}/${method.name}`,
      service: type.typeName,
      rpc: method.name,
      input: method.input.typeName,
      output: method.output.typeName,
      requestStream: method.proto.clientStreaming,
      responseStream: method.proto.serverStreaming,
      http: httpRule(method),
      httpStatus: status,
      plainBody: plainBody(method),
      repeat: repeat(method),
      auth: authRule(method),
    });
  }
}

writeFileSync(
  join(root, 'src/gen/methods.ts'),
  `// Generated from proto/ by scripts/generate.sh. DO NOT EDIT.
/* eslint-disable */
import type { FieldRule, MethodEntry } from '../method-entry';

export const methods: readonly MethodEntry[] = ${JSON.stringify(methods, null, 2)};

export const fieldRules: Readonly<Record<string, Readonly<Record<string, FieldRule>>>> = ${JSON.stringify(fields, null, 2)};
`,
);
