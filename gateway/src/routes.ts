import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { registry } from '@thecloud/api';
import type { MethodEntry } from '@thecloud/api';

/** One public HTTP operation and the rpc behind it. */
export interface Route {
  readonly method: MethodEntry;
  readonly verb: string;
  /** As in the proto: "/v1/instances/{id}:start". Also the label in logs and metrics. */
  readonly template: string;
  /** Name of the service that owns it: "compute" for thecloud.compute.v1. */
  readonly backend: string;
  /** '*': the whole request; '': none; else the one field that the body is. */
  readonly body: string;
  readonly pathFields: readonly string[];
  readonly input: DescMessage;
  readonly output: DescMessage;
  /** The bytes field that a plain answer of this stream consists of. */
  readonly plainBody?: DescField | undefined;
}

const ours = /^thecloud\.([a-z]+)\.v\d+\./;

/** Every method with an HTTP annotation that callers may use; internal ones (auth.peers) are never routed. */
export function compileRoutes(methods: readonly MethodEntry[]): Route[] {
  return methods.filter((m) => m.http && m.auth.peers.length === 0).map(compileRoute);
}

function compileRoute(method: MethodEntry): Route {
  const { verb, path: template, body } = method.http!;
  const refuse = (why: string): never => {
    throw new Error(`${method.path} cannot be reached over HTTP: ${why}`);
  };
  const backend = ours.exec(method.service)?.[1] ?? refuse('its package is not thecloud.<service>.v<n>');
  const input = registry().getMessage(method.input) ?? refuse('its request is not in the image');
  const output = registry().getMessage(method.output) ?? refuse('its answer is not in the image');
  if (method.responseStream && verb !== 'GET') refuse('it streams its answer, so it must be a GET');
  if (method.requestStream && !method.responseStream && fieldNamed(input, body)?.scalar === undefined) {
    refuse('it streams its request, so body must name its bytes field');
  }
  const pathFields = [...template.matchAll(/\{([^}]+)\}/g)].map((m) => m[1]!);
  for (const name of pathFields) {
    if (fieldNamed(input, name)?.fieldKind !== 'scalar')
      refuse(`{${name}} is no scalar field of its request`);
  }
  const plainBody = method.plainBody ? fieldNamed(output, method.plainBody) : undefined;
  return { method, verb, template, backend, body, pathFields, input, output, plainBody };
}

/** By proto name or by its camelCase JSON name, as canonical proto JSON accepts both. */
export function fieldNamed(message: DescMessage, name: string) {
  return message.fields.find((f) => f.name === name || f.jsonName === name);
}
