// What a JSON Schema of the document says, in words and tables.
import { el, table } from './elements.js';

const nameOf = (ref) => ref.split('/').pop();
const follow = (spec, ref) =>
  ref
    .slice(2)
    .split('/')
    .reduce((node, key) => node[key], spec);
export const resolved = (spec, node) => (node.$ref ? follow(spec, node.$ref) : node);

/** "list of PublishedPort", with links to the schemas. */
export function typeOf(schema) {
  if (schema.$ref) return [el('a', { href: `#schema-${nameOf(schema.$ref)}` }, nameOf(schema.$ref))];
  if (schema.type === 'array') return ['list of ', ...typeOf(schema.items)];
  if (schema.additionalProperties && schema.type === 'object')
    return ['map of ', ...typeOf(schema.additionalProperties)];
  return [schema.format ?? schema.type ?? 'any'];
}

const ruleWords = {
  minLength: (v) => `at least ${v} characters`,
  maxLength: (v) => `at most ${v} characters`,
  minimum: (v) => `at least ${v}`,
  maximum: (v) => `at most ${v}`,
  maxItems: (v) => `at most ${v} entries`,
  maxProperties: (v) => `at most ${v} entries`,
  pattern: (v) => `matches ${v}`,
  enum: (v) => `one of ${v.map((x) => x || '(empty)').join(', ')}`,
};

function rulesOf(schema) {
  const from = { ...schema.items, ...schema };
  return Object.entries(ruleWords)
    .filter(([key]) => from[key] !== undefined)
    .map(([key, say]) => say(from[key]))
    .join('; ');
}

function fieldRow(name, schema, required, place) {
  const rules = rulesOf(schema);
  return [
    el('td', null, el('code', null, name), required ? ' *' : ''),
    el('td', null, ...typeOf(schema), place ? el('span', { class: 'dim' }, ` (${place})`) : ''),
    el('td', null, schema.description ?? '', ' ', rules ? el('span', { class: 'dim' }, rules) : ''),
  ];
}

export function parameterTable(parameters) {
  if (parameters.length === 0) return undefined;
  const lines = parameters.map((p) =>
    fieldRow(p.name, { description: p.description, ...p.schema }, p.required, p.in),
  );
  return table(['Parameter', 'Type', ''], lines);
}

export function schemaCard(name, schema) {
  const required = schema.required ?? [];
  const lines = Object.entries(schema.properties ?? {}).map(([field, s]) =>
    fieldRow(field, s, required.includes(field)),
  );
  return el(
    'article',
    { id: `schema-${name}` },
    el('h3', null, name),
    el('p', null, schema.description ?? ''),
    lines.length > 0 ? table(['Field', 'Type', ''], lines) : el('p', { class: 'dim' }, 'No fields.'),
  );
}
