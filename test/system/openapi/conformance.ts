import Ajv from 'ajv/dist/2020';
import type { ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { OpenApi, Operation, Schema } from './document';

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Says what in an answer is not as the document promises; undefined when nothing is. */
export class Conformance {
  readonly #ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(document: OpenApi) {
    addFormats(this.#ajv);
    for (const format of ['int64', 'uint64']) this.#ajv.addFormat(format, /^-?[0-9]+$/);
    this.#ajv.addSchema({ $id: 'api', components: { schemas: sealed(document.components.schemas) } });
  }

  violation(operation: Operation, { status, contentType, body }: Answer): string | undefined {
    const failed = status >= 400;
    const promised = failed
      ? ['application/problem+json']
      : Object.keys(operation.responses[status]?.content ?? {});
    if (!failed && !operation.responses[status]) return `status ${status} is not in the document`;
    const type = contentType.split(';')[0] ?? '';
    if (!promised.includes(type))
      return `content type ${type} is not in the document (${promised.join(', ')})`;
    if (!type.endsWith('json') || body === '') return undefined;
    const schema = failed
      ? { $ref: '#/components/schemas/Problem' }
      : operation.responses[status]?.content?.[type]?.schema;
    if (!schema) return undefined;
    const validate = this.#validator(schema);
    return validate(JSON.parse(body)) ? undefined : this.#ajv.errorsText(validate.errors);
  }

  #validator(schema: Schema): ValidateFunction {
    const text = JSON.stringify(schema).replaceAll('#/components', 'api#/components');
    let made = this.#compiled.get(text);
    if (!made) this.#compiled.set(text, (made = this.#ajv.compile(JSON.parse(text) as object)));
    return made;
  }
}

/** With no room for fields that the document does not name. */
function sealed(schemas: Readonly<Record<string, Schema>>): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      name,
      schema.properties && schema.additionalProperties === undefined
        ? { ...schema, additionalProperties: false }
        : schema,
    ]),
  );
}
