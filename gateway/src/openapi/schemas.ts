import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { commentOf } from '@thecloud/api';
import { fieldSchema, ruleOf } from './field-schema';
import type { RefTo, Schema } from './field-schema';
import { presentInAnswers } from './presence';

/**
 * Collects the messages that operations refer to as components, each once. A message that stands in answers and in
 * requests has two: what an answer always holds, a request need not.
 */
export class Schemas {
  readonly components: Record<string, Schema> = {};
  readonly #typeNames = new Map<string, string>();
  readonly #answered = new Set<string>();

  /** `answers`: what the operations answer with. */
  constructor(answers: readonly DescMessage[]) {
    const add = (message: DescMessage) => {
      if (this.#answered.has(message.typeName)) return;
      this.#answered.add(message.typeName);
      for (const { message: nested } of message.fields) if (nested) add(nested);
    };
    answers.forEach(add);
  }

  /** A reference to `message` as it is in answers. */
  readonly answerRef: RefTo = (message) =>
    this.#ref(message, message.name, () =>
      this.#object(message, message.fields, presentInAnswers, this.answerRef),
    );

  /** A reference to `message` as it is within requests. */
  readonly requestRef: RefTo = (message) => {
    const name = this.#answered.has(message.typeName) ? `${message.name}Input` : message.name;
    return this.#ref(message, name, () => this.#object(message, message.fields, isAskedFor, this.requestRef));
  };

  /** A reference to a request's body: without the fields that the path gives; unknown fields are refused. */
  bodyRef(message: DescMessage, withoutFields: readonly string[]): Schema {
    const fields = message.fields.filter((f) => !withoutFields.includes(f.name));
    return this.#ref(message, message.name, () => ({
      ...this.#object(message, fields, isAskedFor, this.requestRef),
      additionalProperties: false,
    }));
  }

  #ref(message: DescMessage, name: string, make: () => Schema): Schema {
    const taken = this.#typeNames.get(name);
    if (taken !== undefined && taken !== message.typeName) {
      throw new Error(`${taken} and ${message.typeName} would both be the OpenAPI schema ${name}`);
    }
    if (taken === undefined) {
      this.#typeNames.set(name, message.typeName); // before making it: messages may hold themselves
      this.components[name] = make();
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  #object(
    message: DescMessage,
    fields: readonly DescField[],
    isRequired: (field: DescField) => boolean,
    refTo: RefTo,
  ): Schema {
    const required = fields.filter(isRequired).map((f) => f.name);
    const description = commentOf(message);
    return {
      type: 'object',
      ...(description ? { description } : {}),
      properties: Object.fromEntries(fields.map((f) => [f.name, fieldSchema(f, refTo)])),
      ...(required.length > 0 ? { required } : {}),
    };
  }
}

const isAskedFor = (field: DescField): boolean => ruleOf(field).required === true;
