// A form that calls an operation with the key at the top of the page, and shows what came back.
import { button, el } from './elements.js';

const shownAtMost = 200_000;

/** Its fields are made when it is opened: most never are. */
export function tryIt(shown, parameters) {
  const details = el('details', { class: 'try' }, el('summary', null, 'Try it'));
  details.addEventListener(
    'toggle',
    () => details.querySelector('form') ?? details.append(form(shown, parameters)),
    {
      once: true,
    },
  );
  return details;
}

function form({ path, verb, operation }, parameters) {
  const inputs = parameters
    .filter((p) => p.in !== 'header' || p.name === 'Idempotency-Key' || p.name === 'If-Match')
    .map((p) => ({
      ...p,
      input: el('input', { name: p.name, placeholder: p.schema?.format ?? p.schema?.type ?? '' }),
    }));
  const body = bodyInput(operation.requestBody);
  const output = el('pre', { class: 'output', 'aria-live': 'polite' });
  let running;
  const node = el(
    'form',
    null,
    ...inputs.map(({ name, required, input }) => el('label', null, `${name}${required ? ' *' : ''} `, input)),
    body ? el('label', null, 'Body ', body.input) : undefined,
    el('button', { type: 'submit' }, 'Send'),
    ' ',
    button('Stop', () => running?.abort()),
    output,
  );
  node.addEventListener('submit', (event) => {
    event.preventDefault();
    running?.abort();
    running = new AbortController();
    void send(requestOf(path, verb, inputs, body), output, running.signal);
  });
  return node;
}

function bodyInput(requestBody) {
  if (!requestBody) return undefined;
  const json = requestBody.content['application/json'];
  if (!json) {
    const input = el('input', { type: 'file' });
    return { input, type: Object.keys(requestBody.content)[0], value: () => input.files[0] };
  }
  const input = el('textarea', { rows: 8, spellcheck: 'false' }, JSON.stringify(json.example ?? {}, null, 2));
  return { input, type: 'application/json', value: () => input.value };
}

function requestOf(path, verb, inputs, body) {
  const headers = {};
  const [key, project] = ['key', 'project'].map((id) => document.getElementById(id).value.trim());
  if (key) headers['X-API-Key'] = key;
  if (project) headers['X-Project-Id'] = project;
  const query = new URLSearchParams();
  let filled = path;
  for (const { name, in: place, schema, input } of inputs) {
    const value = input.value.trim();
    if (place === 'path') filled = filled.replace(`{${name}}`, encodeURIComponent(value));
    else if (value === '') continue;
    else if (place === 'header') headers[name] = value;
    else if (schema?.type === 'array') for (const each of value.split(',')) query.append(name, each.trim());
    else if (schema?.type === 'object') addEntries(query, name, value);
    else query.append(name, value);
  }
  if (body) headers['Content-Type'] = body.type;
  const search = query.size > 0 ? `?${query}` : '';
  return [filled + search, { method: verb.toUpperCase(), headers, body: body?.value() }];
}

/** "team=web, tier=front" of a map. */
function addEntries(query, name, text) {
  for (const entry of text.split(',')) {
    const [key, ...value] = entry.split('=');
    query.append(`${name}[${key.trim()}]`, value.join('='));
  }
}

/** Shows an answer as it comes; a stream goes on until it ends or is stopped. */
async function send([url, options], output, signal) {
  output.textContent = '…';
  try {
    const answer = await fetch(url, { ...options, signal });
    output.textContent = `${answer.status} ${answer.statusText}\n`;
    const json = /json$/.test((answer.headers.get('content-type') ?? '').split(';')[0]);
    let text = '';
    for await (const piece of piecesOf(answer.body)) {
      text = (text + piece).slice(-shownAtMost);
      output.textContent = `${answer.status} ${answer.statusText}\n${text}`;
    }
    if (json) output.textContent = `${answer.status} ${answer.statusText}\n${pretty(text)}`;
  } catch (error) {
    output.textContent += signal.aborted ? '\n(stopped)' : `\n${error}`;
  }
}

async function* piecesOf(body) {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader.read()) yield next.value;
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text; // a stream of lines
  }
}
