import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const program = (then: string) => `
  const { createLogger } = require(${JSON.stringify(join(__dirname, 'log.ts'))});
  const [one, other] = [createLogger({ service: 'one' }), createLogger({ service: 'other' })];
  one.info({ password: 'p' }, 'first');
  other.info('second');
  setTimeout(() => {
    one.info('third');
    ${then}
  });`;
const run = (then: string): Promise<{ stdout: string }> =>
  promisify(execFile)(process.execPath, ['-e', program(then)]).catch((error: { stdout: string }) => error);

it.each([
  ['comes to its end', ''],
  ['exits at once', 'process.exit(1)'],
  ['dies of an error', 'throw new Error()'],
])('writes every line, in order and without secrets, of a process that %s', async (_how, then) => {
  const { stdout } = await run(then);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map(({ service, msg }) => `${service as string}: ${msg as string}`)).toEqual([
    'one: first',
    'other: second',
    'one: third',
  ]);
  expect(lines[0]).toMatchObject({ password: '[secret]' });
});
