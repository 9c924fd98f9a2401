import fc from 'fast-check';
import { resolved } from './document';
import type { OpenApi, Operation, Parameter } from './document';
import { broken, valid } from './values';

export interface Request {
  readonly verb: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Makes requests to one operation from the document alone; `ids` are some that exist. */
export class Requests {
  readonly #parameters: readonly Parameter[];
  constructor(
    private readonly document: OpenApi,
    private readonly operation: Operation,
    private readonly ids: () => readonly string[],
  ) {
    this.#parameters = operation.parameters.map((p) => resolved(document, p));
  }

  /** What the document allows. */
  valid(): fc.Arbitrary<Request> {
    return fc
      .tuple(this.#path(), this.#query(), this.#body())
      .map(([path, query, body]) => this.#request(path, query, body));
  }

  /** What the document forbids, in the body, the query, the path or a header. */
  broken(): fc.Arbitrary<Request> {
    const schema = this.#bodySchema();
    const kinds: Array<fc.Arbitrary<Request>> = [this.#brokenQuery(), ...this.#brokenHeaders()];
    if (schema) {
      const bodies = fc.oneof(
        broken(this.document, schema).map((value) => JSON.stringify(value)),
        fc.constantFrom('{', '"text"', '[]', '{"a":1}{', '\u0000'),
      );
      kinds.push(fc.tuple(this.#path(), bodies).map(([path, body]) => this.#request(path, '', body)));
    }
    if (this.#in('path').length > 0)
      kinds.push(
        fc
          .tuple(fc.constantFrom('%zz', 'x'.repeat(5_000), '%00', ' ', '..%2f..'), this.#body())
          .map(([id, body]) => this.#request(this.operation.path.replace(/\{[^}]+\}/g, id), '', body)),
      );
    return fc.oneof(...kinds);
  }

  #in(where: Parameter['in']): readonly Parameter[] {
    return this.#parameters.filter((p) => p.in === where);
  }

  #path(): fc.Arbitrary<string> {
    const values = this.#in('path').map((p) =>
      fc.oneof(
        {
          weight: 3,
          arbitrary: fc.nat().map((n) => this.ids().at(n % Math.max(1, this.ids().length)) ?? 'none'),
        },
        {
          weight: 1,
          arbitrary: (valid(this.document, p.schema) as fc.Arbitrary<string>).filter(
            (id) => !/^\.{0,2}$/.test(id),
          ),
        },
      ),
    );
    return fc
      .tuple(...values)
      .map((ids) =>
        ids.reduce(
          (path, id) => path.replace(/\{[^}]+\}/, () => encodeURIComponent(id.toWellFormed())),
          this.operation.path,
        ),
      );
  }

  #query(): fc.Arbitrary<string> {
    const plain = this.#in('query').filter((p) => p.style !== 'deepObject');
    const model = Object.fromEntries(plain.map((p) => [p.name, valid(this.document, p.schema)]));
    return fc
      .record(model, { requiredKeys: plain.filter((p) => p.required).map((p) => p.name) })
      .map(queryString);
  }

  #brokenQuery(): fc.Arbitrary<Request> {
    const typed = this.#in('query').filter((p) => p.schema.type === 'integer' || p.schema.enum);
    const queries = fc.oneof(
      fc.constantFrom('no_such_parameter=1', 'a[b=1', '%zz=1'),
      ...typed.map((p) =>
        broken(this.document, p.schema)
          .filter((v) => typeof v !== 'object')
          .map((v) => queryString({ [p.name]: v })),
      ),
    );
    return fc
      .tuple(this.#path(), queries, this.#body())
      .map(([path, query, body]) => this.#request(path, query, body));
  }

  #brokenHeaders(): Array<fc.Arbitrary<Request>> {
    const open = this.operation.security !== undefined;
    const headers: Array<Record<string, string>> = [
      ...(open ? [] : [{ 'x-project-id': 'no such project!' }, { authorization: 'Bearer nonsense' }]),
      ...(this.operation.verb === 'GET' ? [] : [{ 'idempotency-key': 'with spaces in it' }]),
      ...(this.#bodySchema() ? [{ 'content-type': 'text/plain' }] : []),
    ];
    return headers.map((more) =>
      fc.tuple(this.#path(), this.#body()).map(([path, body]) => {
        const request = this.#request(path, '', body);
        return { ...request, headers: { ...request.headers, ...more } };
      }),
    );
  }

  #bodySchema() {
    return this.operation.requestBody?.content?.['application/json']?.schema;
  }

  #body(): fc.Arbitrary<string | undefined> {
    const content = this.operation.requestBody?.content?.['application/json'];
    if (!content?.schema) return fc.constant(this.operation.requestBody ? 'not a tarball' : undefined);
    const bodies = valid(this.document, content.schema);
    const text = content.example === undefined ? bodies : fc.oneof(bodies, fc.constant(content.example));
    return text.map((value) => JSON.stringify(value));
  }

  #request(path: string, query: string, body: string | undefined): Request {
    const type = this.#bodySchema() ? 'application/json' : 'application/x-tar';
    return {
      verb: this.operation.verb,
      path: query ? `${path}?${query}` : path,
      headers: body === undefined ? {} : { 'content-type': type },
      ...(body === undefined ? {} : { body }),
    };
  }
}

function queryString(values: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(values).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, string] => [
      name,
      String(one).toWellFormed(),
    ]),
  );
  return new URLSearchParams(pairs).toString();
}
