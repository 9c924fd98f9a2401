import type { DescField, DescMethod } from '@bufbuild/protobuf';
import { commentOf, registry } from '@thecloud/api';
import { fieldNamed } from '../routes';
import type { Route } from '../routes';
import { uploadMediaTypes } from '../upload';
import { bodyExamples } from './examples';
import { fieldSchema, ruleOf } from './field-schema';
import type { Schema } from './field-schema';
import type { Schemas } from './schemas';
import { streamResponses, streamText } from './stream';

/** The Operation Object of one route. */
export function operationOf(route: Route, schemas: Schemas): Schema {
  const rpc = rpcOf(route);
  const comment = [commentOf(rpc), route.method.responseStream ? streamText(route) : undefined]
    .filter(Boolean)
    .join(' ');
  const open = route.method.auth.public;
  return {
    operationId: route.method.rpc,
    tags: [tagOf(route)],
    summary: summaryOf(route.method.rpc),
    ...(comment ? { description: comment } : {}),
    ...(open ? { security: [] } : { 'x-permission': route.method.auth.permission }),
    parameters: [...parametersOf(route, schemas), ...headersOf(route)],
    ...bodyOf(route, schemas),
    responses: {
      ...(route.method.responseStream
        ? streamResponses(route, schemas)
        : { [String(route.method.httpStatus)]: successOf(route, schemas) }),
      '4XX': { $ref: '#/components/responses/Problem' },
      '5XX': { $ref: '#/components/responses/Problem' },
    },
  };
}

export function rpcOf(route: Route): DescMethod {
  return registry()
    .getService(route.method.service)!
    .methods.find((m) => m.name === route.method.rpc)!;
}

/** The noun that it is about, as paths name it: "ssh-keys". */
export const tagOf = (route: Route) => /^\/v1\/([^/:]+)/.exec(route.template)?.[1] ?? route.template;

/** "CreateApiKey" -> "Create api key". */
function summaryOf(rpc: string): string {
  const words = rpc.replace(/(?<!^)([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return words;
}

function parametersOf(route: Route, schemas: Schemas): Schema[] {
  const inPath = route.pathFields.map((name) => {
    const { description, ...schema } = fieldSchema(fieldNamed(route.input, name)!, schemas.requestRef);
    return { name, in: 'path', required: true, ...(description ? { description } : {}), schema };
  });
  if (route.body === '*') return inPath;
  // What is one of several in a stream of requests is what its frames are for.
  const inFrames = (f: DescField) => route.method.responseStream && route.method.requestStream && f.oneof;
  const rest = route.input.fields.filter(
    (f) => !route.pathFields.includes(f.name) && f.name !== route.body && !inFrames(f),
  );
  return [...inPath, ...rest.map((f) => queryParameter(f, schemas))];
}

function queryParameter(field: DescField, schemas: Schemas): Schema {
  const { description, ...schema } = fieldSchema(field, schemas.requestRef);
  const style = field.fieldKind === 'map' ? { style: 'deepObject', explode: true } : {};
  const required = ruleOf(field).required ? { required: true } : {};
  return {
    name: field.name,
    in: 'query',
    ...required,
    ...(description ? { description } : {}),
    ...style,
    schema,
  };
}

function headersOf(route: Route): Schema[] {
  const names: string[] = [];
  if (!route.method.auth.public) names.push('ProjectId');
  if (route.verb !== 'GET' && (route.method.repeat === 'keyed' || route.method.requestStream))
    names.push('IdempotencyKey');
  if (fieldNamed(route.input, 'version')) names.push('IfMatch');
  return [...names, 'RequestId'].map((name) => ({ $ref: `#/components/parameters/${name}` }));
}

function bodyOf(route: Route, schemas: Schemas): Schema {
  if (route.body === '') return {};
  if (route.method.requestStream) {
    const content = Object.fromEntries(uploadMediaTypes(route.method).map((type) => [type, {}]));
    return { requestBody: { required: true, content } };
  }
  const whole = route.body === '*';
  const schema = whole
    ? schemas.bodyRef(route.input, route.pathFields)
    : fieldSchema(fieldNamed(route.input, route.body)!, schemas.requestRef);
  const example = bodyExamples[route.method.rpc];
  const required =
    whole && (schemas.components[route.input.name]?.required as string[] | undefined) !== undefined;
  return {
    requestBody: { required, content: { 'application/json': { schema, ...(example ? { example } : {}) } } },
  };
}

function successOf(route: Route, schemas: Schemas): Schema {
  const versioned = fieldNamed(route.output, 'metadata')?.message?.name === 'ResourceMetadata';
  return {
    description: successText[route.method.httpStatus] ?? 'Done.',
    headers: {
      'X-Request-Id': { $ref: '#/components/headers/RequestId' },
      ...(versioned ? { ETag: { $ref: '#/components/headers/ETag' } } : {}),
    },
    content: { 'application/json': { schema: schemas.answerRef(route.output) } },
  };
}

const successText: Record<number, string> = {
  200: 'The answer.',
  201: 'Made.',
  202: 'Recorded; a controller makes it true. Watch the resource, or wait for its operation.',
};
