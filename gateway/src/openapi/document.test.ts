import { fromJson } from '@bufbuild/protobuf';
import { fieldRules, methods } from '@thecloud/api';
import { compileRoutes } from '../routes';
import { openApiDocument } from './document';
import { bodyExamples } from './examples';
import { presentInAnswers } from './presence';

const routes = compileRoutes(methods);
const document = openApiDocument(routes);
// What callers get, through JSON.
const json = JSON.parse(JSON.stringify(document)) as typeof document;

interface Operation {
  operationId: string;
  description?: string;
  security?: unknown[];
  parameters: {
    $ref?: string;
    name: string;
    in: string;
    required?: boolean;
    style?: string;
    schema: { maximum?: number };
  }[];
  requestBody?: { content: Record<string, { schema: { $ref: string } }> };
  responses: Record<string, { description?: string }>;
}
interface ObjectSchema {
  description?: string;
  properties: Record<string, Record<string, unknown>>;
  required?: string[];
  additionalProperties?: boolean;
}

const operation = (verb: string, path: string) =>
  json.paths[path]?.[verb.toLowerCase()] as unknown as Operation;
const schema = (name: string) => (json.components.schemas as unknown as Record<string, ObjectSchema>)[name]!;

function* nodes(node: unknown): Generator<Record<string, unknown>> {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) yield node as Record<string, unknown>;
  for (const child of Object.values(node)) yield* nodes(child);
}

it('holds exactly the routes that are served', () => {
  const written = Object.entries(json.paths).flatMap(([path, item]) =>
    Object.keys(item).map((verb) => `${verb.toUpperCase()} ${path}`),
  );
  expect(written.sort()).toEqual(routes.map((r) => `${r.verb} ${r.template}`).sort());
});

it('refers only to what it holds', () => {
  const refs = [...nodes(json)].map((node) => node.$ref).filter((ref) => typeof ref === 'string');
  expect(refs.length).toBeGreaterThan(50);
  for (const ref of refs) {
    const target = ref
      .slice(2)
      .split('/')
      .reduce<unknown>((node, key) => (node as Record<string, unknown>)?.[key], json);
    expect([ref, typeof target]).toEqual([ref, 'object']);
  }
});

it('has patterns that are regular expressions', () => {
  for (const node of nodes(json))
    if (typeof node.pattern === 'string') expect(() => new RegExp(node.pattern as string, 'u')).not.toThrow();
});

it('names each operation once', () => {
  const ids = routes.map((r) => operation(r.verb, r.template).operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

describe.each(routes.map((r) => [`${r.verb} ${r.template}`, r] as const))('%s', (_, route) => {
  const op = operation(route.verb, route.template);

  it('declares its path parameters, its body and its answers', () => {
    expect(op.parameters.filter((p) => p.in === 'path').map((p) => p.name)).toEqual(route.pathFields);
    expect(op.requestBody !== undefined).toBe(route.body !== '');
    const stream = ['101', route.method.requestStream ? '426' : '200'];
    const begun = route.method.responseStream ? stream : [String(route.method.httpStatus)];
    expect(Object.keys(op.responses)).toEqual([...begun, '4XX', '5XX']);
    expect(op.security !== undefined).toBe(route.method.auth.public);
  });

  it('takes every field of its request once: in path, query or body', () => {
    const named = op.parameters.filter((p) => p.in === 'path' || p.in === 'query').map((p) => p.name);
    const body = op.requestBody?.content['application/json']?.schema.$ref.split('/').pop();
    const inBody = body
      ? Object.keys(schema(body).properties)
      : !route.method.requestStream
        ? []
        : route.method.responseStream
          ? route.input.oneofs.flatMap((oneof) => oneof.fields.map((f) => f.name)) // in frames
          : [route.body];
    expect([...named, ...inBody].sort()).toEqual(route.input.fields.map((f) => f.name).sort());
  });
});

it.each(Object.entries(bodyExamples))('has an example for %s that decodes', (rpc, example) => {
  const route = routes.find((r) => r.method.rpc === rpc)!;
  expect(() => fromJson(route.input, example)).not.toThrow();
  const rules = Object.values(fieldRules[route.method.input] ?? {}).filter(
    (r) => r.required && !route.pathFields.includes(r.name),
  );
  expect(Object.keys(example as object)).toEqual(expect.arrayContaining(rules.map((r) => r.name)));
});

it('says which parameters of a query are required', () => {
  const path = (verb: string, route: string) =>
    operation(verb, route).parameters.find((p) => p.name === 'path');
  expect(path('GET', '/v1/instances/{id}/files')).toMatchObject({ in: 'query', required: true });
  expect(operation('GET', '/v1/instances').parameters.filter((p) => p.required)).toEqual([]);
});

it('carries comments and field rules', () => {
  expect(operation('POST', '/v1/instances').description).toContain('answers at once (202)');
  expect(schema('InstanceStatus').properties.state!.description).toContain('provisioning');
  expect(schema('CreateInstanceRequest')).toMatchObject({
    required: ['name', 'spec'],
    additionalProperties: false,
    properties: {
      name: {
        type: 'string',
        pattern: expect.stringContaining('[a-z]') as string,
        description: expect.stringContaining('1 to 63') as string,
      },
      labels: { type: 'object', maxProperties: 32, additionalProperties: { type: 'string', maxLength: 255 } },
    },
  });
  expect(schema('PublishedPort').properties.container_port).toMatchObject({
    type: 'integer',
    minimum: 1,
    maximum: 65535,
  });
  expect(schema('RegisterUserRequest').properties.password).toMatchObject({ minLength: 12, maxLength: 256 });
  expect(schema('ImageStatus').properties.size_bytes).toMatchObject({ type: 'string', format: 'uint64' });
  expect(schema('ResourceMetadata').properties.created_at).toMatchObject({
    type: 'string',
    format: 'date-time',
  });
  expect(
    operation('GET', '/v1/instances').parameters.find((p) => p.name === 'page_size')?.schema.maximum,
  ).toBe(500);
  expect(operation('POST', '/v1/images:upload').parameters.find((p) => p.name === 'labels')?.style).toBe(
    'deepObject',
  );
});

it('says of answers which fields they always have, and of requests which they need', () => {
  expect(schema('Instance').required).toEqual(['metadata', 'spec', 'status']);
  expect(schema('ListInstancesResponse').required).toEqual(['instances', 'next_page_token']);
  expect(schema('InstanceSpec').required).toEqual(
    expect.arrayContaining(['type', 'image', 'env', 'command']),
  );
  expect(schema('InstanceSpecInput').required).toEqual(['type', 'image']);
  expect(schema('ResourceMetadata').required).not.toContain('deleted_at');
  const answers = routes
    .filter((r) => !r.method.requestStream || !r.method.responseStream)
    .map((r) => r.output);
  for (const { name, fields } of answers)
    expect([name, schema(name).required?.length ?? 0]).toEqual([
      name,
      fields.filter(presentInAnswers).length,
    ]);
});

it("lists nouns, a tenant's first", () => {
  const names = json.tags.map((tag) => (tag as { name: string }).name);
  expect(names.slice(0, 3)).toEqual(['api-keys', 'events', 'images']);
  expect(names.at(-1)).toBe('hosts');
});
