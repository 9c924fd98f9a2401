// Draws /openapi.json. No library, nothing inline, nothing from elsewhere: it works offline and under a strict CSP.
import { el } from './elements.js';
import { operationCard } from './operation.js';
import { schemaCard } from './schema.js';

const verbs = ['get', 'post', 'put', 'patch', 'delete'];

/** By path, and for one path in the order of `verbs`. */
function operationsOf(spec) {
  const all = Object.entries(spec.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([verb, operation]) => ({ path, verb, operation, tag: operation.tags[0] })),
  );
  const order = (a, b) =>
    a.path === b.path ? verbs.indexOf(a.verb) - verbs.indexOf(b.verb) : a.path < b.path ? -1 : 1;
  return all.sort(order);
}

const tocEntry = ({ path, verb, operation }) =>
  el('a', { href: `#${operation.operationId}` }, el('span', { class: 'verb' }, verb.toUpperCase()), path);

function draw(spec) {
  const content = [
    el('h1', null, `${spec.info.title} ${spec.info.version}`),
    el('p', null, spec.info.description),
  ];
  const toc = [];
  const all = operationsOf(spec);
  for (const tag of spec.tags) {
    const mine = all.filter((o) => o.tag === tag.name);
    content.push(el('h2', { id: `noun-${tag.name}` }, tag.name), el('p', null, tag.description ?? ''));
    content.push(...mine.map((o) => operationCard(spec, o)));
    toc.push(el('section', null, el('h2', null, tag.name), ...mine.map(tocEntry)));
  }
  content.push(el('h2', { id: 'schemas' }, 'Schemas'));
  for (const [name, schema] of Object.entries(spec.components.schemas))
    content.push(schemaCard(name, schema));
  toc.push(
    el(
      'section',
      null,
      el('a', { href: '#schemas' }, 'Schemas'),
      el('a', { href: '/openapi.json' }, 'openapi.json'),
    ),
  );
  document.getElementById('content').replaceChildren(...content);
  document.getElementById('toc').replaceChildren(...toc);
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

document.getElementById('filter').addEventListener('input', ({ target }) => {
  const wanted = target.value.toLowerCase();
  for (const section of document.querySelectorAll('#toc section')) {
    const links = [...section.querySelectorAll('a')];
    for (const link of links) link.hidden = !link.textContent.toLowerCase().includes(wanted);
    section.hidden = links.every((link) => link.hidden);
  }
});
document.getElementById('credential').addEventListener('submit', (event) => event.preventDefault());
// On a small screen the list would stand before everything else.
if (matchMedia('(max-width: 50rem)').matches) document.getElementById('index').open = false;

try {
  draw(await (await fetch('/openapi.json')).json());
} catch (error) {
  document.getElementById('content').replaceChildren(el('p', null, `Cannot draw /openapi.json: ${error}`));
  throw error;
}
