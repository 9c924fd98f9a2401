import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

jest.setTimeout(60_000);

/** Makes much, forgets it, and from then on only looks at its own size, until that is half or half a minute has passed. */
const script = `
  import { returnMemoryWhenIdle } from '${pathToFileURL(join(__dirname, 'idle-memory.ts')).href}';
  let kept = [];
  for (let n = 0; n < 2_000_000; n++) {
    kept.push({ n });
    if (kept.length > 500_000) kept = [];
  }
  kept = [];
  const before = process.memoryUsage().heapTotal;
  returnMemoryWhenIdle(500);
  const giveUp = performance.now() + 30_000;
  const looking = setInterval(() => {
    const after = process.memoryUsage().heapTotal;
    if (after >= before / 2 && performance.now() < giveUp) return;
    clearInterval(looking);
    console.log(JSON.stringify({ before, after }));
  }, 200);
`;

it('gives back what a process has no more use for', () => {
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { before, after } = JSON.parse(said) as { before: number; after: number };
  expect(after).toBeLessThan(before / 2);
});
