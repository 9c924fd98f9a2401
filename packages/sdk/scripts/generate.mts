// Writes packages/sdk/src/gen from the descriptor image: types of the JSON, and one method a public route.
// Runs on Node's own type stripping, before anything is compiled.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import type { DescMessage, DescMethod } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { commentOf } from '../../api/src/comments.ts';
import { methods } from '../../api/src/gen/methods.ts';
import { className, methodName, propertyName, runsOnce } from '../../api/scripts/naming.mts';
import { doc, TypeSet } from './types.mts';

const gen = join(import.meta.dirname, '../src/gen');
const image = readFileSync(join(import.meta.dirname, '../../api/image.binpb'));
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
const header = '// Generated from proto/ by scripts/generate.sh. DO NOT EDIT.\n';

interface Method {
  entry: (typeof methods)[number];
  rpc: DescMethod;
  verb: string;
  path: string;
  /** '*': the request as JSON; '': in the query; else the field that the body is. */
  body: string;
  pathFields: string[];
}

const publicMethods: Method[] = methods
  .filter((entry) => entry.http && entry.auth.peers.length === 0)
  .map((entry) => {
    const rpc = registry.getService(entry.service)!.methods.find((each) => each.name === entry.rpc)!;
    const pathFields = [...entry.http!.path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]!);
    return { entry, rpc, ...entry.http!, pathFields };
  });

const types = new TypeSet();
/** Fields that are arguments of their own: those of the path, and the bytes of an upload. */
const hidden = new Map<DescMessage, string[]>();
for (const { rpc, pathFields, entry, body } of publicMethods) {
  types.add(rpc.input, 'input');
  types.add(rpc.output, 'output');
  hidden.set(
    rpc.input,
    entry.requestStream && body !== '*' && body !== '' ? [...pathFields, body] : pathFields,
  );
}

const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function methodOf(method: Method): string {
  const { rpc, entry, pathFields, verb, path, body } = method;
  const name = methodName(entry.rpc, path);
  const scope = entry.auth.public ? 'public' : entry.auth.scope;
  const request = types.nameOf(rpc.input, 'input');
  const optional = rpc.input.fields.every(
    (field) => hidden.get(rpc.input)!.includes(field.name) || !types.isRequired(rpc.input, field.localName),
  );
  const parts = pathFields.map((field) => `${camel(field)}: string`);
  const path_ = `[${pathFields.map(camel).join(', ')}]`;
  const route = `{ verb: '${verb}', path: '${path}', body: '${body}', scope: '${scope}'${runsOnce(entry) ? ', once: true' : ''} }`;
  const rest = [`request: T.${request}${optional ? ' = {}' : ''}`, `options?: CallOptions`];
  const answer = `T.${types.nameOf(rpc.output, 'output')}`;
  const method_ = (args: string[], result: string, call: string) =>
    `${doc(commentOf(rpc), '  ')}  ${name}(${args.join(', ')}): ${result} {\n    return ${call};\n  }\n`;

  if (entry.requestStream && entry.responseStream) {
    return method_(
      [...parts, 'options?: CallOptions'],
      `Duplex<T.${rpc.input.name}, ${answer}>`,
      `this.callDuplex(${route}, ${path_}, options)`,
    );
  }
  if (entry.responseStream) {
    const resume = rpc.name.startsWith('Watch')
      ? rpc.input.fields.some((f) => f.name === 'after')
        ? 'after'
        : 'again'
      : 'never';
    return method_(
      [...parts, ...rest],
      `Stream<${answer}>`,
      `this.callStream(${route}, ${path_}, request, '${resume}', options)`,
    );
  }
  if (entry.requestStream) {
    return method_(
      [...parts, 'data: UploadBody', ...rest],
      `Promise<${answer}>`,
      `this.callUpload(${route}, ${path_}, data, request, options)`,
    );
  }
  const item = itemsOf(rpc);
  if (item) {
    const page = `Pages<T.${types.nameOf(item.message!, 'output')}, ${answer}>`;
    return method_(
      [...parts, ...rest],
      page,
      `this.callPages(${route}, ${path_}, '${item.name}', request, options)`,
    );
  }
  return method_(
    [...parts, ...rest],
    `Promise<${answer}>`,
    `this.callUnary(${route}, ${path_}, request, options)`,
  );
}

/** The one list of messages in the answer of a List rpc. */
function itemsOf(rpc: DescMethod) {
  if (!rpc.name.startsWith('List')) return undefined;
  const lists = rpc.output.fields.filter((field) => field.fieldKind === 'list' && field.message);
  return lists.length === 1 ? lists[0] : undefined;
}

const classes = Map.groupBy(publicMethods, (method) => className(method.path));
const sorted = [...classes].sort(([a], [b]) => (a < b ? -1 : 1));

function classOf([name, members]: [string, Method[]]): string {
  const names = members.map((method) => methodName(method.entry.rpc, method.path));
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  if (twice)
    throw new Error(`${name} would have two methods called ${twice}: see packages/api/scripts/naming.mts`);
  return `${doc(commentOf(members[0]!.rpc.parent))}export class ${name} extends Resource {\n${members.map(methodOf).join('\n')}}\n`;
}

const classTexts = sorted.map(classOf).join('\n');

/** Imports those of the types that are needed. */
function used(from: string, ...names: string[]): string {
  const needed = names.filter((name) => new RegExp(`\\b${name}\\b`).test(classTexts));
  return needed.length > 0 ? `import type { ${needed.join(', ')} } from '${from}';\n` : '';
}

writeFileSync(join(gen, 'types.ts'), `${header}\n${types.declarations((m) => hidden.get(m) ?? [])}`);
writeFileSync(
  join(gen, 'resources.ts'),
  `${header}${used('../options', 'CallOptions', 'UploadBody')}${used('../pages', 'Pages')}import { Resource } from '../resource';
${used('../stream', 'Duplex', 'Stream')}import type * as T from './types';

${classTexts}`,
);
writeFileSync(
  join(gen, 'cloud.ts'),
  `${header}import type { Transport } from '../transport';
import * as R from './resources';

/** Every resource of the API, as its protos describe it. */
export class GeneratedCloud {
${sorted.map(([name, [first]]) => `  readonly ${propertyName(first!.path)}: R.${name};\n`).join('')}
  constructor(protected readonly transport: Transport) {
${sorted.map(([name, [first]]) => `    this.${propertyName(first!.path)} = new R.${name}(transport);\n`).join('')}  }
}
`,
);
