// One operation: what it takes, what it answers, a command that calls it.
import { button, el } from './elements.js';
import { parameterTable, resolved, typeOf } from './schema.js';
import { tryIt } from './try-it.js';

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** A command that works once $CLOUD_API_KEY is set and {…} are filled in. */
function curlOf({ path, verb, operation }) {
  const options = isStream(operation) ? '-sSN' : '-sS';
  const lines = [`curl ${options} -X ${verb.toUpperCase()} ${quoted(location.origin + path)}`];
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
  return button('Copy', async (node) => {
    await navigator.clipboard.writeText(text);
    node.textContent = 'Copied';
  });
}

const isStream = (operation) => operation.responses['101'] !== undefined;

/** A stream in both directions cannot be had by a plain request. */
const isWebSocketOnly = (operation) => operation.responses['426'] !== undefined;

/** What comes back where it succeeds; statuses are shown with what their bodies are, if they have any. */
function answersOf(spec, operation) {
  return Object.entries(operation.responses)
    .filter(([status]) => /^[123]/.test(status))
    .map(([status, response]) => {
      const { description, content = {} } = resolved(spec, response);
      const bodies = Object.entries(content).flatMap(([type, { schema }]) => {
        const shown = schema?.properties?.result ?? schema;
        return [type === 'application/json' ? ' ' : ` ${type} `, ...(shown ? typeOf(shown) : [])];
      });
      return el('p', null, `Answers ${status}: ${description}`, ...bodies);
    });
}

export function operationCard(spec, shown) {
  const { path, verb, operation } = shown;
  const parameters = operation.parameters.map((p) => resolved(spec, p));
  const json = operation.requestBody?.content['application/json'];
  const needs = operation.security
    ? 'Needs no credential.'
    : `Needs permission ${operation['x-permission']}.`;
  const curl = curlOf(shown);
  const calls = isWebSocketOnly(operation) ? [] : [el('pre', null, curl), copyButton(curl)];
  return el(
    'article',
    { id: operation.operationId, class: 'operation' },
    el('h3', null, el('span', { class: 'verb' }, verb.toUpperCase()), path),
    el('p', null, operation.description ?? operation.summary),
    el('p', { class: 'dim' }, needs),
    parameterTable(parameters),
    json ? el('p', null, 'Body: ', ...typeOf(json.schema)) : undefined,
    ...answersOf(spec, operation),
    ...calls,
    ...(isWebSocketOnly(operation) ? [] : [tryIt(shown, parameters)]),
  );
}
