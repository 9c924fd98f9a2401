import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { commentOf } from '@thecloud/api';
import { fieldSchema, ruleOf } from './field-schema';
import type { Schema } from './field-schema';

/** Collects the messages that operations refer to as components, each once. */
export class Schemas {
  readonly components: Record<string, Schema> = {};
  readonly #typeNames = new Map<string, string>();

  /** A reference to `message`, with all its fields. */
  readonly refTo = (message: DescMessage): Schema =>
    this.#ref(message, () => this.#object(message, message.fields));

  /** A reference to a request's body: without the fields that the path gives; unknown fields are refused. */
  bodyRef(message: DescMessage, withoutFields: readonly string[]): Schema {
    const fields = message.fields.filter((f) => !withoutFields.includes(f.name));
    return this.#ref(message, () => ({ ...this.#object(message, fields), additionalProperties: false }));
  }

  #ref(message: DescMessage, make: () => Schema): Schema {
    const taken = this.#typeNames.get(message.name);
    if (taken !== undefined && taken !== message.typeName) {
      throw new Error(`${taken} and ${message.typeName} would both be the OpenAPI schema ${message.name}`);
    }
    if (taken === undefined) {
      this.#typeNames.set(message.name, message.typeName); // before making it: messages may hold themselves
      this.components[message.name] = make();
    }
    return { $ref: `#/components/schemas/${message.name}` };
  }

  #object(message: DescMessage, fields: readonly DescField[]): Schema {
    const required = fields.filter((f) => ruleOf(f).required).map((f) => f.name);
    const description = commentOf(message);
    return {
      type: 'object',
      ...(description ? { description } : {}),
      properties: Object.fromEntries(fields.map((f) => [f.name, fieldSchema(f, this.refTo)])),
      ...(required.length > 0 ? { required } : {}),
    };
  }
}
