// Writes the Python client's resources and types: one method a public rpc, with its comments as docstrings.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScalarType } from '@bufbuild/protobuf';
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { commentOf } from '../../src/comments.ts';
import type { Method, Resource } from './model.mts';
import { hasState, isRequired, publicMessages, resources, snake } from './model.mts';

const out = join(import.meta.dirname, '../../../../sdk/python/src/thecloud');
const header = '# Generated from proto/ by scripts/generate-sdks.sh. DO NOT EDIT.\n';
const width = 100;

/** Python's own words cannot be names. */
const nameOf = (name: string) => (['import', 'from', 'global', 'pass'].includes(name) ? `${name}_` : name);

const scalars: Partial<Record<ScalarType, string>> = {
  [ScalarType.STRING]: 'str',
  [ScalarType.BYTES]: 'bytes',
  [ScalarType.BOOL]: 'bool',
  [ScalarType.DOUBLE]: 'float',
  [ScalarType.FLOAT]: 'float',
};

function single(message: DescMessage | undefined, scalar: ScalarType | undefined): string {
  if (!message) return scalars[scalar!] ?? 'int';
  if (message.typeName === 'google.protobuf.Timestamp') return 'Timestamp | datetime';
  if (message.typeName === 'google.protobuf.Struct') return 'Mapping[str, Any]';
  return `T.${message.name} | Mapping[str, Any]`;
}

function typeOf(field: DescField): string {
  const one = single(field.message, field.scalar);
  if (field.fieldKind === 'list') return `Sequence[${one}]`;
  return field.fieldKind === 'map' ? `Mapping[str, ${one}]` : one;
}

const quoted = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"""', "'''");

/** Breaks prose into lines. */
function wrap(text: string, indent: string, later = indent): string {
  const lines = [indent];
  for (const word of text.split(' ')) {
    const last = lines.length - 1;
    const start = last === 0 ? indent : later;
    if (lines[last]!.length > start.length && lines[last]!.length + word.length + 1 > width)
      lines.push(later + word);
    else lines[last] += lines[last]!.length > start.length ? ` ${word}` : word;
  }
  return lines.join('\n');
}

function argumentText(field: DescField, indent: string): string {
  const nested =
    field.message?.typeName.startsWith('thecloud.') && field.fieldKind !== 'map'
      ? `${field.message.name}, or a mapping with ${field.message.fields.map((each) => each.name).join(', ')}.`
      : undefined;
  const comment = commentOf(field);
  const text = [comment && /[.!?:]$/.test(comment) ? comment : comment && `${comment}.`, nested]
    .filter(Boolean)
    .join(' ');
  return text && wrap(quoted(`${field.name}: ${text}`), indent, `${indent}    `);
}

function docstring(comment: string | undefined, fields: readonly DescField[], indent: string): string {
  const args = fields.map((field) => argumentText(field, indent)).filter((text) => text !== '');
  const head = quoted(comment ?? '');
  const first = wrap(`"""${head}`, indent);
  if (!head && args.length === 0) return '';
  if (args.length === 0) return `${first}"""\n`;
  return head
    ? `${first}\n\n${args.join('\n')}\n${indent}"""\n`
    : `${indent}"""\n${args.join('\n')}\n${indent}"""\n`;
}

interface Argument {
  readonly text: string;
  readonly field?: DescField;
}

function methodText(method: Method): string {
  const { rpc, kind, about, field, path, resume, repeat } = method;
  const [input, answer] = [`T.${rpc.input.name}`, `T.${rpc.output.name}`];
  const named = rpc.input.fields.filter(
    (each) => !about.includes(each) && !(kind === 'upload' && each === field),
  );
  const reserved = named.find((each) => ['timeout', 'idempotency_key', 'data', 'self'].includes(each.name));
  if (reserved) throw new Error(`${rpc.name}: ${reserved.name} is an argument of every method`);

  const positional: Argument[] = about.map((each) => ({ text: `${each.name}: str`, field: each }));
  if (kind === 'upload') positional.push({ text: 'data: Data' });
  if (kind === 'duplex') positional.push({ text: `requests: Iterable[${input}]` });
  const keywords = (kind === 'duplex' ? [] : named).map((each) =>
    isRequired(each)
      ? { text: `${each.name}: ${typeOf(each)}` }
      : { text: `${each.name}: ${typeOf(each)} | None = None` },
  );
  keywords.push({ text: 'timeout: float | None = None' });
  const withKey = repeat !== 'read' && kind !== 'duplex';
  if (withKey) keywords.push({ text: 'idempotency_key: str | None = None' });
  const args = ['self', ...positional.map(({ text }) => text), '*', ...keywords.map(({ text }) => text)];

  const given = [...about, ...named].map((each) => `${each.name}=${each.name}`);
  const request = `request = build(${[input, ...given].join(', ')})`;
  const key = withKey ? ', idempotency_key' : '';
  const bodies: Record<Method['kind'], [string, string[]]> = {
    unary: [
      answer,
      [request, `return self._unary("${path}", request, ${answer}, "${repeat}", timeout${key || ', None'})`],
    ],
    pages: [
      `Pages[T.${field?.message?.name}, ${answer}]`,
      [request, `return self._pages("${path}", request, ${answer}, "${field?.name}", timeout)`],
    ],
    stream: [
      `Stream[${answer}]`,
      [request, `return self._stream("${path}", request, ${answer}, "${resume}", timeout)`],
    ],
    upload: [
      answer,
      [request, `return self._upload("${path}", request, data, "${field?.name}", ${answer}, timeout${key})`],
    ],
    duplex: [`Stream[${answer}]`, [`return self._duplex("${path}", requests, ${input}, ${answer}, timeout)`]],
  };
  const [result, lines] = bodies[kind];
  const signature = `    def ${nameOf(snake(method.name))}(\n${args.map((each) => `        ${each},\n`).join('')}    ) -> ${result}:\n`;
  const doc = docstring(method.comment, kind === 'duplex' ? [] : [...about, ...named], '        ');
  return signature + doc + lines.map((line) => `        ${line}\n`).join('');
}

function baseOf(resource: Resource): string {
  if (resource.methods.some((method) => method.rpc.name === 'WaitOperation')) return 'OperationResource';
  const get = resource.methods.find((method) => method.name === 'get');
  if (!get || !hasState(get.rpc.output)) return 'Resource';
  const runsPrograms = resource.methods.some((method) => method.rpc.name === 'ExecInstance');
  return `${runsPrograms ? 'ProgramResource' : 'StatefulResource'}[T.${get.rpc.output.name}]`;
}

function classText(resource: Resource): string {
  const doc = docstring(resource.comment, [], '    ');
  return `class ${resource.name}(${baseOf(resource)}):\n${doc}\n${resource.methods.map(methodText).join('\n')}`;
}

const moduleOf = (message: DescMessage) => `${message.file.name.replaceAll('/', '.')}_pb2`;
const top = publicMessages.filter((message) => !message.parent);

writeFileSync(
  join(out, 'types.py'),
  `${header}"""Every message of the API: requests, answers and what they are made of."""

${top.map((message) => `from ${moduleOf(message)} import ${message.name} as ${message.name}\n`).join('')}
__all__ = [
${top.map(({ name }) => `    "${name}",\n`).join('')}]
`,
);
writeFileSync(
  join(out, 'resources.py'),
  `${header}"""The API's resources: one method a thing that can be done."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Iterable, Mapping, Sequence

from google.protobuf.timestamp_pb2 import Timestamp

from . import types as T
from ._exec import ProgramResource
from ._pages import Pages
from ._request import Data, build
from ._resource import Resource
from ._stream import Stream
from ._transport import Transport
from ._wait import OperationResource, StatefulResource


${resources.map(classText).join('\n\n')}

class Resources:
    """Every resource of the API.

${resources.map(({ name, comment }) => `${wrap(quoted(`${snake(name)}: ${comment}`), '    ', '        ')}\n`).join('')}    """

    def __init__(self, transport: Transport) -> None:
${resources.map(({ name }) => `        self.${snake(name)} = ${name}(transport)\n`).join('')}`,
);
