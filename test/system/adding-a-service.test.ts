import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@thecloud/engines';
import { seed } from '@thecloud/identity';
import { eventually, startTestIdentity, testConfig, testDatabase, testEngines } from '@thecloud/testkit';
import type { TestEngines, TestIdentity } from '@thecloud/testkit';
import { Part } from './part';

// Follows docs/adding-a-service.md to the letter in a copy of the source tree: what it has written is the service.
jest.setTimeout(300_000);
const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs/adding-a-service.md'), 'utf8');
const copy = join(mkdtempSync(join(tmpdir(), 'adding-')), 'tree');
const closers: Array<() => unknown> = [() => rmSync(dirname(copy), { recursive: true, force: true })];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

/** Files by their path: "`services/…`: …" and the next block. */
const files = [...page.matchAll(/^`(services\/ledger\/[^`]+)`[^]*?^```\w+\n([^]*?)^```$/gm)].map(
  ([, path = '', text = '']) => ({ path, text }),
);
/** Lines that are added to files of others. */
const added = [...page.matchAll(/^```diff\n([^]*?)^```$/gm)].flatMap(([, diff = '']) =>
  diff.split('\n').filter((line) => line.startsWith('+')),
);

const run = async (program: string, args: readonly string[], cwd = copy) =>
  (await promisify(execFile)(program, args, { cwd, timeout: 240_000 })).stdout;
const tool = (name: string) => join(root, 'node_modules/.bin', name);

/** All that is compiled, with what it was compiled to; and the packages that all share. */
function copyTree(): void {
  const left = new Set(['node_modules', '.git', '.cloud', 'bin', 'coverage', 'sdk']);
  cpSync(root, copy, {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
    filter: (from) => dirname(from) !== root || !left.has(basename(from)),
  });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}

beforeAll(async () => {
  copyTree();
  for (const { path, text } of files) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text);
  }
  const [before = '', line = ''] = /^```diff\n([^]*?)^```$/m.exec(page)?.[1]?.trimEnd().split('\n') ?? [];
  const project = join(copy, 'tsconfig.json');
  const [above, put] = [before.slice(1), line.slice(1)];
  expect(readFileSync(project, 'utf8')).toContain(above);
  writeFileSync(project, readFileSync(project, 'utf8').replace(above, `${above}\n${put}`));
  // As the package manager links what package.json names.
  symlinkSync('../compute/node_modules', join(copy, 'services/ledger/node_modules'));
  await run(tool('tsc'), ['-b']);
  await run(tool('drizzle-kit'), ['generate', '--name=initial'], join(copy, 'services/ledger'));
});

it('takes at most 8 files and 3 lines elsewhere, as many as the page says', () => {
  const rows = [...page.matchAll(/^\| `(services\/ledger\/[^`]+)`[^|]*\| +(\d*) \|$/gm)];
  const written = files.map(({ path, text }) => [path, String(text.trimEnd().split('\n').length)]);
  expect(rows.map(([, path, lines]) => [path, lines]).filter(([, lines]) => lines)).toEqual(
    expect.arrayContaining(written),
  );
  expect(rows).toHaveLength(files.length + 1); // and the migration
  expect(rows.length).toBeLessThanOrEqual(8);
  expect(page).toContain(`**${rows.length} files**`);
  expect(added.length).toBeLessThanOrEqual(3);
  expect(page).toContain(`Elsewhere: ${added.length} line`);
});

it('is in no list: make up, the tests and the documentation find it', async () => {
  const tell = `const { serviceManifests, portTable } = require('./deploy/all-in-one');
    process.stdout.write(JSON.stringify([serviceManifests.map(({ name }) => name), portTable.ledger, portTable.ledgerOps]))`;
  expect(JSON.parse(await run(process.execPath, ['-e', tell]))).toEqual([
    expect.arrayContaining(['identity', 'compute', 'ledger']),
    { variable: 'THECLOUD_PORT_LEDGER', fallback: 7105 },
    { variable: 'THECLOUD_PORT_LEDGER_OPS', fallback: 7114 },
  ]);
  await run(process.execPath, ['scripts/error-docs.mjs', join(copy, 'errors.md')]);
});

describe('it starts', () => {
  let engines: TestEngines;
  let identity: TestIdentity;
  let ledger: ChildProcess;
  let opsPort: number;

  beforeAll(async () => {
    engines = await testEngines();
    closers.push(() => engines.close());
    identity = await startTestIdentity(engines);
    closers.push(() => identity.close());
    const database = await testDatabase('ledger', join(copy, 'services/ledger/migrations'));
    closers.push(() => database.close());
    opsPort = await freePort();
    const settings = {
      ...(await testConfig(engines, database, 'ledger', identity.served.enrollPort)),
      THECLOUD_OPS_ADDRESS: `127.0.0.1:${opsPort}`,
    };
    const program = join(copy, 'packages/service-kit/dist/run-service.js');
    ledger = spawn(process.execPath, [program, join(copy, 'services/ledger/dist/manifest.js')], {
      env: { PATH: process.env['PATH'], ...textOf(settings) },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    closers.push(() => ledger.kill('SIGKILL'));
    await eventually('it is ready', ready, 120_000);
  });

  const ready = async () =>
    fetch(`http://127.0.0.1:${opsPort}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );

  it('serves operations, which the gateway shows with those of all others', async () => {
    const httpPort = await freePort();
    const gateway = new Part('gateway', false, {
      ...(await testConfig(engines, identity.database, 'gateway', identity.served.enrollPort)),
      THECLOUD_GATEWAY_HTTP_ADDRESS: `127.0.0.1:${httpPort}`,
      THECLOUD_GATEWAY_GRPC_ADDRESS: '127.0.0.1:0',
      THECLOUD_GATEWAY_OPERATION_SERVICES: 'identity,ledger',
    });
    await gateway.start();
    closers.push(() => gateway.stop());
    const { url: databaseUrl, password: databasePassword, caFile } = identity.database;
    const account = { email: 'admin@example.com', password: 'a long enough password', keyName: 'test' };
    const { apiKey = '' } = await seed({
      ...account,
      databaseUrl,
      databasePassword,
      caFile,
      projectName: 'first',
    });
    const list = async () => {
      const answer = await fetch(`http://127.0.0.1:${httpPort}/v1/operations`, {
        headers: { 'x-api-key': apiKey },
      });
      return { status: answer.status, body: (await answer.json()) as { detail?: string } };
    };
    expect(await list()).toEqual({ status: 200, body: { operations: [], next_page_token: '' } });
    const ended = new Promise((resolve) => ledger.once('exit', resolve));
    ledger.kill('SIGTERM');
    expect(await ended).toBe(0);
    const { status, body } = await list();
    expect(status).toBe(503);
    expect(body.detail).toContain('ledger');
  });
});

const textOf = (settings: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
