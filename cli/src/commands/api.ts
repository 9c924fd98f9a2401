import { readFile } from 'node:fs/promises';
import type { Verb } from '@thecloud/sdk';
import { Argument, InvalidArgumentError, type Command } from 'commander';
import type { Cli } from '../cli';
import { usageError } from '../exit-codes';
import { addVerb } from '../noun';
import { isData, renderData } from '../output';
import { messageOf } from '../thrown';

const verbs: readonly Verb[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

interface ApiOptions {
  field?: Field[];
  input?: string;
  header?: Record<string, string>;
}

interface Field {
  path: readonly string[];
  value: unknown;
}

export function addApi(program: Command, cli: Cli): void {
  addVerb(program, 'api', {
    summary: 'Calls any route of the HTTP API and prints its answer as JSON',
    notes:
      'Fields are texts with =, and JSON with :=; dots lead into objects, a name given again makes a list. GET and ' +
      'DELETE take them in the query, the others as the body. Mutations get an Idempotency-Key of their own.\n' +
      'The routes are at /docs of the server.',
    examples: [
      'cloud api GET /v1/instances -f state=running -f page_size:=50',
      'cloud api POST /v1/instances -f name=web -f spec.image=hello -f spec.type=nano-1',
      'cloud api PATCH /v1/instances/ins_01jd3y7x5w8f0a9s2k4m6n8p0q -f labels:=\'{"tier":"front"}\'',
      'cloud api POST /v1/instances --input instance.json',
      'cloud api GET /health/ready',
      'cloud api GET /v1/instances --query instances[].metadata.name',
    ],
  })
    .addArgument(new Argument('<method>', verbs.join(', ')).argParser(verb))
    .argument('<path>', 'what comes after the address of the server')
    .option('-f, --field <name=value>', 'a field of the request, repeatable', field)
    .option('--input <file>', 'the body, as JSON; - is standard input')
    .option('-H, --header <name=value>', 'a header of the request, repeatable', header)
    .action(
      async (method: Verb, path: string, { field: fields = [], input, header: headers }: ApiOptions) => {
        const given = build(fields);
        const hasBody = method !== 'GET' && method !== 'DELETE';
        if (input !== undefined && !hasBody)
          throw usageError(`${method} has no body.`, 'Use -f for its query.');
        if (input !== undefined && fields.length > 0) throw usageError('Give --input or -f, not both.');
        const body = input === undefined ? given : await readJson(cli, input);
        const cloud = await cli.cloud(await cli.broadestScope());
        const options = hasBody ? { body, headers } : { query: given, headers };
        const answer = await cloud.request(method, path.startsWith('/') ? path : `/${path}`, options);
        const { format, query } = cli.style;
        cli.io.stdout.write(renderData(answer, isData(format) ? format : 'json', query));
      },
    );
}

function verb(text: string): Verb {
  const found = verbs.find((each) => each === text.toUpperCase());
  if (!found) throw new InvalidArgumentError(`It must be one of ${verbs.join(', ')}.`);
  return found;
}

function field(text: string, before: readonly Field[] = []): Field[] {
  const [, name, sign, value = ''] = /^([\w.[\]-]+?)(:?=)(.*)$/s.exec(text) ?? [];
  if (!name) throw new InvalidArgumentError('It must look like NAME=TEXT or NAME:=JSON.');
  try {
    return [...before, { path: name.split('.'), value: sign === ':=' ? JSON.parse(value) : value }];
  } catch {
    throw new InvalidArgumentError(`What comes after := must be JSON. For a text, write ${name}=${value}`);
  }
}

function header(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name, value = ''] = /^([\w-]+)[=:]\s*(.*)$/.exec(text) ?? [];
  if (!name) throw new InvalidArgumentError('It must look like NAME=VALUE.');
  return { ...before, [name]: value };
}

type Json = { [key: string]: unknown };

/** One object out of all fields. */
function build(fields: readonly Field[]): Json {
  const all: Json = {};
  for (const { path, value } of fields) {
    let at = all;
    for (const name of path.slice(0, -1)) {
      if (!isObject(at[name])) at[name] = Object.create(null) as Json;
      at = at[name] as Json;
    }
    const last = path.at(-1)!;
    at[last] = Object.hasOwn(at, last) ? [at[last], value].flat() : value;
  }
  return all;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function readJson(cli: Cli, file: string): Promise<unknown> {
  try {
    return JSON.parse(file === '-' ? await readAll(cli.io.stdin) : await readFile(file, 'utf8'));
  } catch (error) {
    throw usageError(`${file === '-' ? 'Standard input' : file} cannot be sent: ${messageOf(error)}`);
  }
}

const mostInput = 16 * 1024 * 1024;

async function readAll(stdin: NodeJS.ReadableStream): Promise<string> {
  stdin.setEncoding('utf8');
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > mostInput) throw new Error('it is larger than 16 MiB');
  }
  return text;
}
