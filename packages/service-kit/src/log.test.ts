import { execFile, spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
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

it('cuts secrets out of fields, lists, errors and what a child is bound to, and changes nothing that it is given', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '-e',
    `const { createLogger } = require(${JSON.stringify(join(__dirname, 'log.ts'))});
     const given = { user: 'u', list: [{ token: 't' }], at: new Date(0), deep: { er: { secret: 's' } } };
     const log = createLogger({ service: 'one' }).child({ host: { joinToken: 'j' } });
     log.info(given, JSON.stringify(given));
     log.info({ err: Object.assign(new Error('failed'), { credential: 'c', code: 7 }) }, 'failed');`,
  ]);
  const [line, failed] = stdout
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as Record<string, unknown>);
  expect(line).toMatchObject({
    ...{ host: { joinToken: '[secret]' }, user: 'u', at: '1970-01-01T00:00:00.000Z' },
    ...{ list: [{ token: '[secret]' }], deep: { er: { secret: '[secret]' } } },
    msg: '{"user":"u","list":[{"token":"t"}],"at":"1970-01-01T00:00:00.000Z","deep":{"er":{"secret":"s"}}}',
  });
  expect(failed).toMatchObject({
    err: { type: 'Error', message: 'failed', credential: '[secret]', code: 7 },
  });
});

it('goes on without its log while the disk is full', () => {
  const then = "process.stderr.write('alive'); one.info('fourth')";
  const { status, stderr } = spawnSync(process.execPath, ['-e', program(then)], {
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: 'alive' });
});
