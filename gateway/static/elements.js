/** el('a', { href: '#x' }, 'text', child): an element; text is never parsed as HTML. */
export function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== undefined && child !== ''));
  return node;
}

export function table(head, lines) {
  const header = el('tr', null, ...head.map((text) => el('th', null, text)));
  return el('table', null, header, ...lines.map((cells) => el('tr', null, ...cells)));
}

export function button(text, onClick) {
  const node = el('button', { type: 'button' }, text);
  node.addEventListener('click', () => onClick(node));
  return node;
}
