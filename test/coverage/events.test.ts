import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventTypes } from '@thecloud/kernel';

const page = readFileSync(join(__dirname, '../../docs/events.md'), 'utf8');

// That each of them is emitted, and nothing else, is shown by test/system/events.test.ts and by the compiler.
it.each(Object.entries(eventTypes))('docs/events.md says what %s means', (type, meaning) => {
  expect(page).toMatch(new RegExp(`^\\| \`${type}\` +\\| ${meaning.replace(/[()]/g, '\\$&')} +\\|`, 'm'));
});

it('documents no type that does not exist', () => {
  const documented = [...page.matchAll(/^\| `(thecloud\.[a-z.-]+)` +\|/gm)].map((match) => match[1]);
  expect(documented.sort()).toEqual(Object.keys(eventTypes).sort());
});
