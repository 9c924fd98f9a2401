// Writes the Go client's resources: one method a public rpc over the generated stubs.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DescMessage } from '@bufbuild/protobuf';
import type { Method, Resource } from './model.mts';
import { hasState, resources } from './model.mts';

const out = join(import.meta.dirname, '../../../../sdk/go/resources.gen.go');
const module = 'thecloud.example/sdk/go';
const used = new Map<string, string>();

const pascal = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
const goField = (name: string) => name.split('_').map(pascal).join('');

/** "computev1", imported; for thecloud.compute.v1. */
function packageOf(protoPackage: string): string {
  const alias = protoPackage.split('.').slice(1).join('');
  used.set(alias, `${module}/gen/${protoPackage.replaceAll('.', '/')}`);
  return alias;
}

const typeOf = (message: DescMessage) =>
  message.typeName === 'google.protobuf.Empty'
    ? 'emptypb.Empty'
    : `${packageOf(message.file.proto.package)}.${message.name}`;

const comment = (text: string | undefined, indent = '') => (text ? `${indent}// ${text}\n` : '');

/** "Create: makes a key. …": Go's comments begin with the name. */
function methodComment(method: Method): string {
  const { kind, resume, field } = method;
  const more = {
    unary: '',
    pages: 'Iterate for all items; pages are fetched as they are needed.',
    stream:
      resume === 'never'
        ? 'Iterate for messages as they come; leaving the loop ends it.'
        : 'Iterate for messages as they come; leaving the loop ends it. It goes on by itself when its connection is lost.',
    upload: `The reader's bytes are sent as ${field?.name}; the request has the rest.`,
    duplex: '',
  }[kind];
  return comment(
    [`${pascal(method.name)} calls ${method.rpc.name}.`, method.comment, more].filter(Boolean).join(' '),
  );
}

function methodText(resource: Resource, method: Method): string {
  const { rpc, kind, field, resume } = method;
  const [input, answer] = [typeOf(rpc.input), typeOf(rpc.output)];
  const head = `${methodComment(method)}func (r *${resource.name}) ${pascal(method.name)}`;
  const request = `request *${input}`;
  const options = 'options ...grpc.CallOption';
  const stub = `r.stubs.${stubName(rpc.parent.name)}.${rpc.name}`;
  switch (kind) {
    case 'unary':
      return `${head}(ctx context.Context, ${request}, ${options}) (*${answer}, error) {
	return ${stub}(ctx, request, options...)
}
`;
    case 'pages':
      return `${head}(ctx context.Context, ${request}, ${options}) iter.Seq2[*${typeOf(field!.message!)}, error] {
	return pages(ctx, request, ${stub}, (*${answer}).Get${goField(field!.name)}, options)
}
`;
    case 'stream':
      return `${head}(ctx context.Context, ${request}, ${options}) iter.Seq2[*${answer}, error] {
	return follow(ctx, r.stubs.retry, resume${pascal(resume)}, request, ${stub}, options)
}
`;
    case 'upload':
      return `${head}(ctx context.Context, data io.Reader, ${request}, ${options}) (*${answer}, error) {
	piece := func(bytes []byte) *${input} { return &${input}{${goField(field!.name)}: bytes} }
	return upload(ctx, data, request, piece, ${stub}, options)
}
`;
    case 'duplex':
      return `${head}(ctx context.Context, ${options}) (grpc.BidiStreamingClient[${input}, ${answer}], error) {
	return ${stub}(ctx, options...)
}
`;
  }
}

const stubName = (service: string) =>
  service.charAt(0).toLowerCase() + service.slice(1).replace(/Service$/, '');

function waiters(resource: Resource): string {
  const wait = resource.methods.find((method) => method.rpc.name === 'WaitOperation');
  if (wait) {
    return `
// Wait answers with the operation once it has succeeded. An operation that failed, or gave way to a later one, is an
// *Error with code FailedPrecondition and the operation's own reason; its Subject is the operation. How long it waits
// is up to the context.
func (r *${resource.name}) Wait(ctx context.Context, id string) (*${typeOf(wait.rpc.output)}, error) {
	return waitForOperation(ctx, r.Poll, id)
}
`;
  }
  const get = resource.methods.find((method) => method.name === 'get');
  if (!get || !hasState(get.rpc.output)) return '';
  const answer = typeOf(get.rpc.output);
  return `
// WaitUntil answers with the resource once it is in that state, or with nil once it is gone if "deleted" was waited
// for. One that failed or went instead is an *Error with code FailedPrecondition and the resource's own reason; its
// Subject is the resource. How long it waits is up to the context.
func (r *${resource.name}) WaitUntil(ctx context.Context, id, state string) (*${answer}, error) {
	get := func(ctx context.Context) (*${answer}, error) {
		return r.Get(ctx, &${typeOf(get.rpc.input)}{Id: id})
	}
	return waitUntil(ctx, id, state, get, func(seen *${answer}) resourceStatus { return seen.GetStatus() })
}
`;
}

function classText(resource: Resource): string {
  const about = resource.comment ?? 'is a kind of resource.';
  return `// ${resource.name}: ${about.charAt(0).toLowerCase()}${about.slice(1)}
type ${resource.name} struct{ stubs *stubs }

${resource.methods.map((method) => methodText(resource, method)).join('\n')}${waiters(resource)}`;
}

const classes = resources.map(classText).join('\n');
const services = [...new Map(resources.map(({ service }) => [service.name, service])).values()];
const stubType = (name: string, proto: string) => `${packageOf(proto)}.${name}Client`;
const fields = services.map(
  (service) => `${stubName(service.name)} ${stubType(service.name, service.file.proto.package)}`,
);
const made = services.map(
  (service) =>
    `${stubName(service.name)}: ${packageOf(service.file.proto.package)}.New${service.name}Client(conn),`,
);
const repeats = resources.flatMap(({ methods }) =>
  methods.map(({ path, repeat }) => `"${path}": repeat${pascal(repeat)},`),
);
const imports = [...used].sort(([a], [b]) => (a < b ? -1 : 1)).map(([alias, path]) => `${alias} "${path}"`);

writeFileSync(
  out,
  `// Code generated by scripts/generate-sdks.sh from proto/. DO NOT EDIT.

package thecloud

import (
	"context"
	"io"
	"iter"

	"google.golang.org/grpc"

${imports.map((each) => `\t${each}\n`).join('')})

// Resources has every resource of the API.
type Resources struct {
${resources.map(({ name }) => `\t${name} *${name}\n`).join('')}}

func newResources(s *stubs) Resources {
	return Resources{
${resources.map(({ name }) => `\t\t${name}: &${name}{s},\n`).join('')}	}
}

type stubs struct {
	retry RetryPolicy
${fields.map((each) => `\t${each}\n`).join('')}}

func newStubs(conn grpc.ClientConnInterface, retry RetryPolicy) *stubs {
	return &stubs{
		retry: retry,
${made.map((each) => `\t\t${each}\n`).join('')}	}
}

${classes}
// What may be tried again; see repeat.
var repeats = map[string]repeat{
${repeats.map((each) => `\t${each}\n`).join('')}}
`,
);
