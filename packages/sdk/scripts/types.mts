// TypeScript of messages as canonical proto JSON writes them, in the proto's own names.
import { ScalarType } from '@bufbuild/protobuf';
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { commentOf } from '../../api/src/comments.ts';
import { fieldRules } from '../../api/src/gen/methods.ts';

/** What is sent may leave out what is not required; what is answered has everything but absent messages. */
export type Direction = 'input' | 'output';

/** The messages that a set of requests and answers is made of, each in the directions it is used in. */
export class TypeSet {
  readonly #used: Record<Direction, Map<string, DescMessage>> = { input: new Map(), output: new Map() };

  add(message: DescMessage, direction: Direction): void {
    const used = this.#used[direction];
    if (used.has(message.name)) {
      if (used.get(message.name) === message) return;
      throw new Error(`two messages are called ${message.name}: public ones need names of their own`);
    }
    used.set(message.name, message);
    for (const field of message.fields) {
      if (field.message && isOurs(field.message)) this.add(field.message, direction);
    }
  }

  /** Of the interface that stands for the message in that direction. */
  nameOf(message: DescMessage, direction: Direction): string {
    return direction === 'input' && this.#used.output.has(message.name)
      ? `${message.name}Input`
      : message.name;
  }

  /** All interfaces; `hidden` names fields of requests that are not part of the request object. */
  declarations(hidden: (message: DescMessage) => readonly string[]): string {
    const parts: [string, string][] = [];
    for (const direction of ['output', 'input'] as const) {
      for (const message of this.#used[direction].values()) {
        const left = direction === 'input' ? hidden(message) : [];
        const name = this.nameOf(message, direction);
        parts.push([name, this.#declaration(name, message, direction, left)]);
      }
    }
    return parts
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, text]) => text)
      .join('\n');
  }

  isRequired(message: DescMessage, localName: string): boolean {
    return fieldRules[message.typeName]?.[localName]?.required === true;
  }

  #declaration(name: string, message: DescMessage, direction: Direction, hidden: readonly string[]): string {
    const fields = message.fields.filter((field) => !hidden.includes(field.name));
    const comment = doc(commentOf(message));
    if (fields.length === 0) return `${comment}export type ${name} = Record<string, never>;\n`;
    const lines = fields.map((field) => this.#field(field, direction));
    return `${comment}export interface ${name} {\n${lines.join('')}}\n`;
  }

  #field(field: DescField, direction: Direction): string {
    const optional = direction === 'input' ? !ruleOf(field).required : mayBeAbsent(field);
    return `${doc(commentOf(field), '  ')}  ${field.name}${optional ? '?' : ''}: ${this.#typeOf(field, direction)};\n`;
  }

  #typeOf(field: DescField, direction: Direction): string {
    const single = this.#single(field, direction);
    if (field.fieldKind === 'list') return /[ |]/.test(single) ? `(${single})[]` : `${single}[]`;
    return field.fieldKind === 'map' ? `Record<string, ${single}>` : single;
  }

  #single(field: DescField, direction: Direction): string {
    if (field.message) {
      const known = wellKnown[field.message.typeName];
      if (known) return known[direction];
      if (!isOurs(field.message)) throw new Error(`${field.toString()}: no TypeScript for its type`);
      return this.nameOf(field.message, direction);
    }
    if (field.enum) return field.enum.values.map((value) => `'${value.name}'`).join(' | ');
    const allowed = ruleOf(field).in?.filter((value) => value !== '');
    if (direction === 'input' && allowed) return allowed.map((value) => `'${value}'`).join(' | ');
    return scalars[field.scalar!] ?? 'number';
  }
}

const isOurs = (message: DescMessage) => message.typeName.startsWith('thecloud.');
const ruleOf = (field: DescField) => fieldRules[field.parent.typeName]?.[field.localName] ?? ({} as never);

/**
 * Scalars, lists and maps are always written; messages, `optional` fields and members of a oneof are not, but for the
 * three parts of a resource.
 */
function mayBeAbsent(field: DescField): boolean {
  if (isResource(field.parent) && /^(metadata|spec|status)$/.test(field.name)) return false;
  if (field.fieldKind === 'list' || field.fieldKind === 'map') return false;
  return field.fieldKind === 'message' || field.presence !== 2;
}

const isResource = (message: DescMessage) =>
  message.fields.some((field) => field.message?.typeName === 'thecloud.common.v1.ResourceMetadata');

const both = (type: string) => ({ input: type, output: type });
const wellKnown: Record<string, Record<Direction, string>> = {
  'google.protobuf.Timestamp': { input: 'string | Date', output: 'string' },
  'google.protobuf.Duration': both('string'),
  'google.protobuf.Struct': both('Record<string, unknown>'),
  'google.protobuf.Value': both('unknown'),
};

// Proto JSON writes 64-bit integers as strings, because JavaScript's numbers cannot hold them, and bytes as base64.
const scalars: Partial<Record<ScalarType, string>> = {
  [ScalarType.STRING]: 'string',
  [ScalarType.BOOL]: 'boolean',
  [ScalarType.BYTES]: 'string',
  [ScalarType.INT64]: 'string',
  [ScalarType.UINT64]: 'string',
  [ScalarType.SINT64]: 'string',
  [ScalarType.FIXED64]: 'string',
  [ScalarType.SFIXED64]: 'string',
};

export function doc(comment: string | undefined, indent = ''): string {
  return comment ? `${indent}/** ${comment.replaceAll('*/', '* /')} */\n` : '';
}
