// Draws /openapi.json. No library, nothing inline, nothing from elsewhere: it works offline and under a strict CSP.
'use strict';

/** el('a', { href: '#x' }, 'text', child): an element; text is never parsed as HTML. */
function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== undefined && child !== ''));
  return node;
}

const nameOf = (ref) => ref.split('/').pop();
const follow = (spec, ref) =>
  ref
    .slice(2)
    .split('/')
    .reduce((node, key) => node[key], spec);
const resolved = (spec, node) => (node.$ref ? follow(spec, node.$ref) : node);

/** "list of PublishedPort", with links to the schemas. */
function typeOf(schema) {
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

function rows(head, lines) {
  const header = el('tr', null, ...head.map((text) => el('th', null, text)));
  return el('table', null, header, ...lines.map((cells) => el('tr', null, ...cells)));
}

function fieldRow(name, schema, required, place) {
  const rules = rulesOf(schema);
  return [
    el('td', null, el('code', null, name), required ? ' *' : ''),
    el('td', null, ...typeOf(schema), place ? el('span', { class: 'dim' }, ` (${place})`) : ''),
    el('td', null, schema.description ?? '', ' ', rules ? el('span', { class: 'dim' }, rules) : ''),
  ];
}

function parameterTable(spec, operation) {
  const parameters = operation.parameters.map((p) => resolved(spec, p));
  if (parameters.length === 0) return undefined;
  const lines = parameters.map((p) =>
    fieldRow(p.name, { description: p.description, ...p.schema }, p.required, p.in),
  );
  return rows(['Parameter', 'Type', ''], lines);
}

function schemaTable(schema) {
  const required = schema.required ?? [];
  const lines = Object.entries(schema.properties ?? {}).map(([name, s]) =>
    fieldRow(name, s, required.includes(name)),
  );
  return lines.length > 0 ? rows(['Field', 'Type', ''], lines) : el('p', { class: 'dim' }, 'No fields.');
}

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** A command that works once $CLOUD_API_KEY is set and {…} are filled in. */
function curlOf(path, verb, operation) {
  const lines = [`curl -sS -X ${verb.toUpperCase()} ${quoted(location.origin + path)}`];
  if (!operation.security) lines.push('-H "X-API-Key: $CLOUD_API_KEY"');
  const content = operation.requestBody?.content ?? {};
  const json = content['application/json'];
  if (json)
    lines.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(json.example ?? {}))}`);
  else if (operation.requestBody)
    lines.push(`-H 'Content-Type: ${Object.keys(content)[0]}'`, '--data-binary @FILE');
  return lines.join(' \\\n  ');
}

function copyButton(text) {
  const button = el('button', { type: 'button' }, 'Copy');
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  });
  return button;
}

function operationCard(spec, path, verb, operation) {
  const json = operation.requestBody?.content['application/json'];
  const [status, success] = Object.entries(operation.responses)[0];
  const answer = success.content['application/json'].schema;
  const curl = curlOf(path, verb, operation);
  const needs = operation.security
    ? 'Needs no credential.'
    : `Needs permission ${operation['x-permission']}.`;
  return el(
    'article',
    { id: operation.operationId },
    el('h3', null, el('span', { class: 'verb' }, verb.toUpperCase()), path),
    el('p', null, operation.description ?? operation.summary),
    el('p', { class: 'dim' }, needs),
    parameterTable(spec, operation),
    json ? el('p', null, 'Body: ', ...typeOf(json.schema)) : undefined,
    el('p', null, `Answers ${status}: `, ...typeOf(answer)),
    el('pre', null, curl),
    copyButton(curl),
  );
}

function operationsOf(spec) {
  return Object.entries(spec.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([verb, operation]) => ({ path, verb, operation, tag: operation.tags[0] })),
  );
}

function draw(spec) {
  const content = [
    el('h1', null, `${spec.info.title} ${spec.info.version}`),
    el('p', null, spec.info.description),
  ];
  const toc = [];
  const all = operationsOf(spec);
  for (const tag of spec.tags) {
    const mine = all.filter((o) => o.tag === tag.name);
    content.push(el('h2', null, tag.name), el('p', null, tag.description ?? ''));
    content.push(...mine.map((o) => operationCard(spec, o.path, o.verb, o.operation)));
    const links = mine.map((o) => el('a', { href: `#${o.operation.operationId}` }, o.operation.operationId));
    toc.push(el('section', null, el('h2', null, tag.name), ...links));
  }
  content.push(el('h2', { id: 'schemas' }, 'Schemas'));
  for (const [name, schema] of Object.entries(spec.components.schemas)) {
    const title = el('h3', null, name);
    content.push(
      el(
        'article',
        { id: `schema-${name}` },
        title,
        el('p', null, schema.description ?? ''),
        schemaTable(schema),
      ),
    );
  }
  toc.push(
    el('section', null, el('a', { href: '#schemas' }, 'Schemas')),
    el('a', { href: '/openapi.json' }, 'openapi.json'),
  );
  document.getElementById('content').replaceChildren(...content);
  document.getElementById('toc').replaceChildren(...toc);
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

document.getElementById('filter').addEventListener('input', (event) => {
  const wanted = event.target.value.toLowerCase();
  for (const link of document.querySelectorAll('#toc a'))
    link.hidden = !link.textContent.toLowerCase().includes(wanted);
});

fetch('/openapi.json')
  .then((answer) => answer.json())
  .then(draw)
  .catch((error) =>
    document.getElementById('content').replaceChildren(el('p', null, `Cannot draw /openapi.json: ${error}`)),
  );
