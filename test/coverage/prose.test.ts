import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const MOST = 120;
const pages = globSync(['README.md', 'CONTRIBUTING.md', 'docs/**/*.md', 'sdk/*/README.md'], { cwd: root })
  // It is generated: a line an entry.
  .filter((file) => file !== 'docs/errors.md');

/** Lines of running text that are too long to be read side by side: not in blocks and tables, nor without a space. */
function overlong(file: string): string[] {
  let inBlock = false;
  return readFileSync(join(root, file), 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      if (/^\s*```/.test(line)) inBlock = !inBlock;
      const isProse = !inBlock && !/^\s*(```|\||#|<)/.test(line) && line.slice(0, MOST).trim().includes(' ');
      return isProse && line.length > MOST ? [`${file}:${index + 1}`] : [];
    });
}

it('finds the pages', () => {
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/api.md', 'sdk/go/README.md']));
});

it.each(pages)('%s has no line of text longer than 120 characters', (file) => {
  expect(overlong(file)).toEqual([]);
});
